using System.Text.Json.Serialization;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>A decision as people read it: the terminal, the report and the dashboard draw the same page. Numbers stay numbers; how they are written is
/// the reader's business.</summary>
public sealed record DecisionPage
{
    /// <summary>The command: value, churn, recommend, campaign, lookalike, demand, pricing, positioning, lifecycle.</summary>
    public required string Id { get; init; }
    public required Bilingual Title { get; init; }
    /// <summary>One or two sentences: what was found, or why the data cannot carry the answer.</summary>
    public required Bilingual Verdict { get; init; }
    /// <summary>False: the data cannot carry the answer, and <see cref="Verdict"/> says why.</summary>
    public bool Answered { get; init; } = true;
    public IReadOnlyList<DecisionFigure> Figures { get; init; } = [];
    public IReadOnlyList<DecisionBlock> Blocks { get; init; } = [];
    /// <summary>How it was done and what to beware of.</summary>
    public IReadOnlyList<Bilingual> Notes { get; init; } = [];
}

/// <summary>A number that stands large at the head.</summary>
/// <param name="Unit">As of <see cref="DecisionColumn"/>.</param>
public sealed record DecisionFigure(Bilingual Label, DecisionCell Value, string Unit, Bilingual? Detail = null);

/// <summary>A table or a chart with its heading.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DecisionTable), "table")]
[JsonDerivedType(typeof(DotChart), "dots")]
[JsonDerivedType(typeof(LineChart), "lines")]
[JsonDerivedType(typeof(MapChart), "map")]
[JsonDerivedType(typeof(FlowChart), "flow")]
[JsonDerivedType(typeof(HeatChart), "heat")]
public abstract record DecisionBlock
{
    public required Bilingual Title { get; init; }
    /// <summary>What to look for.</summary>
    public Bilingual? Lead { get; init; }
}

/// <summary>A column of a table.</summary>
/// <param name="Unit">text, whole, number, score (three decimals), share, money, days, date, signed (a difference), or segment (its id).</param>
public sealed record DecisionColumn(Bilingual Name, string Unit = "text");

/// <summary>A table; every row has as many cells as there are columns.</summary>
public sealed record DecisionTable : DecisionBlock
{
    public required IReadOnlyList<DecisionColumn> Columns { get; init; }
    public required IReadOnlyList<IReadOnlyList<DecisionCell>> Rows { get; init; }
}

/// <summary>An estimate below the other.</summary>
/// <param name="Segment">The place of the segment whose colour it takes; -1 grey, null the accent.</param>
public sealed record DotRow(Bilingual Label, Estimate Value, int? Segment = null);

/// <summary>Estimates with their intervals below one another.</summary>
public sealed record DotChart : DecisionBlock
{
    /// <summary>percent, fixed, signed, number or money.</summary>
    public required string Format { get; init; }
    public required IReadOnlyList<DotRow> Rows { get; init; }
    /// <summary>Whether an upright at zero is drawn.</summary>
    public bool Zero { get; init; }
}

/// <summary>A line: points are [x, y] or [x, y, low, high].</summary>
public sealed record ChartLine(Bilingual Name, IReadOnlyList<double[]> Points);

/// <summary>Lines over numbers, or over named places (x is then the place's number from 0). Shares in [0, 1] along x are written in per cent.</summary>
public sealed record LineChart : DecisionBlock
{
    public required Bilingual X { get; init; }
    /// <summary>percent, fixed, signed, number or money.</summary>
    public required string Format { get; init; }
    public required IReadOnlyList<ChartLine> Lines { get; init; }
    public IReadOnlyList<Bilingual>? Places { get; init; }
    /// <summary>Both axes share a span, with its diagonal: for calibration.</summary>
    public bool Square { get; init; }
}

/// <summary>A point of a map.</summary>
/// <param name="Size">Relative size in [0, 1].</param>
public sealed record MapPoint(Bilingual Label, double X, double Y, double Size = 0.5);

/// <summary>Points of one kind on a map.</summary>
public sealed record MapSeries(Bilingual Name, IReadOnlyList<MapPoint> Points);

/// <summary>Named points in the plane, axes of equal scale: a perceptual map.</summary>
public sealed record MapChart : DecisionBlock
{
    public required Bilingual X { get; init; }
    public required Bilingual Y { get; init; }
    public required IReadOnlyList<MapSeries> Series { get; init; }
}

/// <summary>A flow between two nodes.</summary>
public sealed record FlowLink(string From, string To, double Amount);

/// <summary>A node of a flow chart; nodes of one step stand above one another.</summary>
public sealed record FlowNode(string Id, Bilingual Name, int Step, int? Segment = null);

/// <summary>What went where: a Sankey diagram.</summary>
public sealed record FlowChart : DecisionBlock
{
    public required IReadOnlyList<FlowNode> Nodes { get; init; }
    public required IReadOnlyList<FlowLink> Links { get; init; }
}

/// <summary>A matrix of numbers as shades.</summary>
public sealed record HeatChart : DecisionBlock
{
    /// <summary>As of <see cref="DecisionColumn"/>.</summary>
    public required string Unit { get; init; }
    /// <summary>What a row is, over the row names.</summary>
    public required Bilingual Corner { get; init; }
    public required IReadOnlyList<Bilingual> Rows { get; init; }
    public required IReadOnlyList<Bilingual> Columns { get; init; }
    /// <summary>Rows by columns; NaN where there is nothing.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }
}
