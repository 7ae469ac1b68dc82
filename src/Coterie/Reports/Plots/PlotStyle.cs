using ScottPlot;
using SkiaSharp;

namespace Coterie.Reports.Plots;

/// <summary>The look of every PNG: the page's light colours, at twice the resolution of a screen.</summary>
sealed class PlotStyle
{
    const float Scale = 2;

    readonly string font = Family() ?? "";

    /// <summary>Whether the machine has a font at all; without one the plots have no text.</summary>
    public bool HasText => font.Length > 0;

    public static Color Of(string name) => Color.FromHex(Palette.Page.First(c => c.Name == name).Light);

    public static Color Segment(int index) => Color.FromHex(Palette.Segment(index).Light);

    /// <summary>An installed family that holds Latin letters, the usual sans-serif ones first, or null.</summary>
    static string? Family()
    {
        string[] usual = ["Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "Open Sans", "Liberation Sans", "DejaVu Sans", "Arial"];
        // Asking the manager which font holds a character does not work in builds of Skia without fontconfig, so each family is asked.
        using var manager = SKFontManager.CreateDefault();
        var installed = manager.FontFamilies.Where(f => f.Length > 0).Order(StringComparer.Ordinal).ToArray();
        return usual.Where(u => installed.Contains(u, StringComparer.OrdinalIgnoreCase)).Concat(installed).FirstOrDefault(family =>
        {
            using var typeface = manager.MatchFamily(family);
            return typeface is not null && typeface.ContainsGlyphs("Customers 0.9%");
        });
    }

    public Plot New(string title)
    {
        var plot = new Plot { ScaleFactor = Scale };
        plot.FigureBackground.Color = Of("paper");
        plot.DataBackground.Color = Of("paper");
        plot.Axes.Color(Of("muted"));
        plot.Axes.Frame(false);
        plot.Grid.MajorLineColor = Of("line");
        plot.Title(title, 18);
        plot.Axes.Title.Label.ForeColor = Of("ink");
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.Label.Alignment = Alignment.LowerCenter;
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.MajorTickStyle.Length = 0;
            axis.MinorTickStyle.Length = 0;
            axis.TickLabelStyle.FontSize = 13;
            axis.TickLabelStyle.ForeColor = Of("muted");
            axis.Label.Bold = false;
            axis.Label.FontSize = 14;
            axis.Label.ForeColor = Of("muted");
        }

        plot.Font.Set(font);
        return plot;
    }

    /// <summary>Rows of text down the left side, the first on top.</summary>
    public static void Rows(Plot plot, IReadOnlyList<string> names)
    {
        plot.Axes.Left.SetTicks([.. names.Select((_, i) => (double)(names.Count - 1 - i))], [.. names]);
        plot.Axes.Left.TickLabelStyle.ForeColor = Of("ink");
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.SetLimitsY(-0.7, names.Count - 0.3);
        plot.Grid.YAxisStyle.IsVisible = false;
    }

    public ScottPlot.Plottables.Text Mark(Plot plot, string text, double x, double y, Alignment alignment, float size = 13, Color? color = null)
    {
        var label = plot.Add.Text(text, x, y);
        label.LabelAlignment = alignment;
        label.LabelFontSize = size;
        label.LabelFontColor = color ?? Of("ink");
        label.LabelFontName = font;
        // ScottPlot centres the line box, and letters sit high in it.
        label.OffsetY = alignment is Alignment.MiddleCenter or Alignment.MiddleLeft ? 2 : 0;
        return label;
    }

    /// <summary>A list of marks and names down the right side of the data, which the limits must leave room for.</summary>
    /// <param name="right">The left edge of the list, in units of the x axis.</param>
    /// <param name="gap">From a mark to its name, in the same units.</param>
    public void List(Plot plot, IReadOnlyList<string> names, IReadOnlyList<MarkerShape> shapes, double right, double gap, double top, double step)
    {
        for (var i = 0; i < names.Count; i++)
        {
            plot.Add.Marker(right, top - i * step, shapes[i % shapes.Count], 9, Segment(i));
            // On the page's colour, so that grid lines do not run through the words.
            Mark(plot, names[i], right + gap, top - i * step, Alignment.MiddleLeft, 14).LabelBackgroundColor = Of("paper");
        }
    }

    /// <summary>Writes width x height units at twice as many pixels.</summary>
    public void Save(Plot plot, string path, int width, int height)
    {
        plot.SavePng(path, (int)(width * Scale), (int)(height * Scale));
    }

    /// <summary>Writes several plots of one size below one another.</summary>
    public static void Save(IReadOnlyList<Plot> plots, string path, int width, int height)
    {
        var (w, h) = ((int)(width * Scale), (int)(height * Scale));
        using var surface = SKSurface.Create(new SKImageInfo(w, h * plots.Count));
        for (var i = 0; i < plots.Count; i++)
        {
            using var part = SKBitmap.Decode(plots[i].GetImageBytes(w, h, ImageFormat.Png));
            surface.Canvas.DrawBitmap(part, 0, i * h);
        }

        using var whole = surface.Snapshot();
        using var data = whole.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(path);
        data.SaveTo(file);
    }
}
