using System.Diagnostics;
using Spectre.Console;

namespace Coterie.Cli;

/// <summary>Progress on standard error: a spinner with the stage on a terminal, one plain line a stage elsewhere, nothing with --json.</summary>
internal static class Progress
{
    internal static T Show<T>(TextWriter error, bool quiet, Func<IProgress<StageProgress>, T> work)
    {
        if (quiet) return work(new Sink(_ => { }));
        if (Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error)) return Plain(error, work);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile.Capabilities.Interactive ? Live(console, work) : Plain(error, work);
    }

    static T Plain<T>(TextWriter error, Func<IProgress<StageProgress>, T> work)
    {
        var clock = Stopwatch.StartNew();
        return work(new Sink(p => error.WriteLine($"{clock.Elapsed.TotalSeconds,6:0.0} s  {p.Stage}{(p.Detail is null ? "" : ": " + p.Detail)}")));
    }

    static T Live<T>(IAnsiConsole console, Func<IProgress<StageProgress>, T> work)
    {
        T? result = default;
        var clock = Stopwatch.StartNew();
        console.Status().Spinner(Spinner.Known.Dots).Start("starting", context =>
        {
            result = work(new Sink(p =>
            {
                if (p.Detail is not null) console.MarkupLineInterpolated($"[grey]{clock.Elapsed.TotalSeconds,6:0.0} s[/]  {p.Stage}: {p.Detail}");
                context.Status(Markup.Escape(p.Stage));
            }));
        });
        return result!;
    }

    // Progress<T> posts to a thread pool and would print out of order.
    sealed class Sink(Action<StageProgress> report) : IProgress<StageProgress>
    {
        readonly Lock gate = new();

        public void Report(StageProgress value)
        {
            lock (gate) report(value);
        }
    }
}
