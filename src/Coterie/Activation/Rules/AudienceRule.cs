namespace Coterie.Activation.Rules;

/// <summary>Says which customers are in an audience: a tree of a closed set of clauses. It is data, never code: no clause holds an expression in any language.</summary>
/// <remarks>A clause holds for a customer or it does not, there is no third answer: what is not known makes a comparison false (and its opposite true).</remarks>
public abstract record AudienceRule
{
    /// <summary>Deeper trees are refused.</summary>
    public const int MostDepth = 16;
    /// <summary>Larger trees are refused; steps and filters count too.</summary>
    public const int MostNodes = 256;
    /// <summary>Longer lists of values are refused.</summary>
    public const int MostValues = 1_000;
    /// <summary>Longer texts are refused.</summary>
    public const int LongestText = 1_000;
    /// <summary>Longer windows are refused: ten years.</summary>
    public const int MostDays = 3_653;

    private protected AudienceRule()
    {
    }
}

/// <summary>Every one of the rules holds; of no rules: everybody.</summary>
public sealed record AllOf(params IReadOnlyList<AudienceRule> Rules) : AudienceRule;

/// <summary>At least one of the rules holds; of no rules: nobody.</summary>
public sealed record AnyOf(params IReadOnlyList<AudienceRule> Rules) : AudienceRule;

/// <summary>The rule does not hold.</summary>
public sealed record NotRule(AudienceRule Rule) : AudienceRule;

/// <summary>The run placed the customer in one of these segments.</summary>
/// <param name="Ids">Stable ids: "S1".</param>
/// <param name="Not">In none of them; also customers whom the run did not know.</param>
public sealed record InSegment(IReadOnlyList<string> Ids, bool Not = false) : AudienceRule;

/// <summary>Where an attribute comes from.</summary>
public enum AttributeSource
{
    /// <summary>What the shop said of the customer: traits of identify calls, the newest value of each.</summary>
    Trait,
    /// <summary>A feature of the run.</summary>
    Feature,
    /// <summary>What is known of every customer: first_seen, last_seen.</summary>
    Customer,
}

/// <summary>Something known of the customer compares so.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Name">A trait may have any name.</param>
/// <param name="Condition">How it compares.</param>
public sealed record AttributeRule(AttributeSource Source, string Name, Condition Condition) : AudienceRule;

/// <summary>The customer did something so often, or for so much money, in a window.</summary>
/// <remarks>Purchases and refunds are counted in orders (without an order id, a day is an order), everything else in events.</remarks>
public sealed record DidEvent : AudienceRule
{
    /// <summary>The kind of event; null: any.</summary>
    public string? Event { get; init; }
    /// <summary>All of them hold for the event.</summary>
    public IReadOnlyList<EventFilter> Where { get; init; } = [];
    /// <summary>How often. Default: at least once.</summary>
    public CountBound Times { get; init; } = new(1, null);
    /// <summary>Price x quantity of these events together; null: any.</summary>
    public MoneyBound? Money { get; init; }
    public RuleWindow Window { get; init; } = new EverWindow();
}

/// <summary>The customer did one thing after the other, each strictly later than the one before.</summary>
public sealed record DidSequence : AudienceRule
{
    /// <summary>Most steps.</summary>
    public const int MostSteps = 10;

    /// <summary>Two or more.</summary>
    public required IReadOnlyList<SequenceStep> Steps { get; init; }
    /// <summary>All steps are in it.</summary>
    public RuleWindow Window { get; init; } = new EverWindow();
}

/// <summary>One step of a sequence.</summary>
/// <param name="Event">The kind of event; null: any.</param>
/// <param name="Where">All of them hold for the event.</param>
/// <param name="WithinDays">At most so many days after the step before; null: any time after it. Null in the first step.</param>
public sealed record SequenceStep(string? Event, IReadOnlyList<EventFilter> Where, int? WithinDays = null);

/// <summary>How often: from, to, both inclusive; null: no bound.</summary>
public sealed record CountBound(int? AtLeast, int? AtMost)
{
    /// <summary>Never.</summary>
    public static CountBound Never => new(0, 0);
}

/// <summary>For how much: from, to, both inclusive; null: no bound.</summary>
public sealed record MoneyBound(double? AtLeast, double? AtMost);

/// <summary>When; never later than the instant as of which a rule is asked.</summary>
public abstract record RuleWindow
{
    private protected RuleWindow()
    {
    }
}

/// <summary>At any time.</summary>
public sealed record EverWindow : RuleWindow;

/// <summary>In the last days: later than as-of minus so many times 24 hours.</summary>
public sealed record LastDays(int Days) : RuleWindow;

/// <summary>From the first day to the last, both whole and in UTC.</summary>
public sealed record BetweenDays(DateOnly From, DateOnly To) : RuleWindow;

/// <summary>A column of events that a rule may look at; no other one can be named.</summary>
public enum EventField
{
    ProductId,
    Category,
    Brand,
    Price,
    Quantity,
    Channel,
    Device,
    Country,
}

/// <summary>A column of the event compares so.</summary>
public sealed record EventFilter(EventField Field, Condition Condition);

/// <summary>How a value compares.</summary>
/// <param name="Operator">The comparison.</param>
/// <param name="Values">As many as the operator takes.</param>
public sealed record Condition(RuleOperator Operator, params IReadOnlyList<RuleValue> Values);

/// <summary>A comparison. Texts are compared exactly, letter by letter.</summary>
public enum RuleOperator
{
    Is,
    IsNot,
    In,
    Contains,
    StartsWith,
    /// <summary>A category, or anything below it.</summary>
    Under,
    Greater,
    AtLeast,
    Less,
    AtMost,
    /// <summary>From, to, both inclusive.</summary>
    Between,
    Before,
    After,
    /// <summary>An instant in the last days before as-of.</summary>
    WithinDays,
    IsSet,
    IsNotSet,
}

/// <summary>What a rule compares with.</summary>
public abstract record RuleValue
{
    private protected RuleValue()
    {
    }

    public static implicit operator RuleValue(string text) => FromString(text);

    public static implicit operator RuleValue(double number) => FromDouble(number);

    public static implicit operator RuleValue(bool truth) => FromBoolean(truth);

    public static RuleValue FromString(string text) => new TextValue(text);

    public static RuleValue FromDouble(double number) => new NumberValue(number);

    public static RuleValue FromBoolean(bool truth) => new TruthValue(truth);
}

/// <summary>A text; kept as it is and never interpreted.</summary>
public sealed record TextValue(string Text) : RuleValue;

/// <summary>A finite number.</summary>
public sealed record NumberValue(double Number) : RuleValue;

/// <summary>true or false.</summary>
public sealed record TruthValue(bool Truth) : RuleValue;

/// <summary>An instant in UTC, or a whole day.</summary>
/// <param name="At">The instant, or the day's beginning.</param>
/// <param name="WholeDay">A day: before it, or after its end.</param>
public sealed record InstantValue(DateTime At, bool WholeDay) : RuleValue;
