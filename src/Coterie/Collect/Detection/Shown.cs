namespace Coterie.Collect;

/// <summary>Values of files as messages show them: short, on one line.</summary>
static class Shown
{
    public static string Text(string value)
    {
        var line = new string([.. value.Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length <= 40 ? line : line[..37] + "…";
    }

    public static string Names(IEnumerable<string> names, int most = 20)
    {
        var all = names.ToList();
        var shown = string.Join(", ", all.Take(most).Select(Text));
        return all.Count > most ? $"{shown} … ({all.Count} in all)" : shown;
    }
}
