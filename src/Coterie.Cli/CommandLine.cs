using System.CommandLine;
using System.Runtime.InteropServices;
using Coterie.Warehouse;

namespace Coterie.Cli;

/// <summary>The command line: commands in the order of the design, exit codes, and the one place where failures become messages.</summary>
public static class CommandLine
{
    public const int Done = 0, Failed = 1, WrongUsage = 2, UnusableInput = 3;

    public static RootCommand Root() => new("Turns a shop's raw event log into customer segments that can be trusted, explained and acted on.")
    {
        DemoCommand.Create(),
        SegmentCommand.Create(),
        IngestCommand.Create(),
        ScoreCommand.Create(),
        ExplainCommand.Create(),
        ProfileCommand.Create(),
        ClusterCommand.Create(),
        EvaluateCommand.Create(),
        LifecycleCommand.Create(),
        ValueCommand.Create(),
        ChurnCommand.Create(),
        LookalikeCommand.Create(),
        PricingCommand.Create(),
        PositioningCommand.Create(),
        CampaignCommand.Create(),
        RecommendCommand.Create(),
        AudienceCommand.Create(),
        ActivateCommand.Create(),
        FeedbackCommand.Create(),
        DemandCommand.Create(),
        SimulateCommand.Create(),
        ServeCommand.Create(),
        SourceCommand.Create(),
        EraseCommand.Create(),
        RetentionCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        CommonOptions.Verbose,
    };

    /// <summary>Parses and runs; returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 unusable input.</summary>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors) await error.WriteLineAsync($"coterie: {problem.Message}");
            await error.WriteLineAsync("See './coterie --help' or './coterie COMMAND --help'.");
            return WrongUsage;
        }

        var verbose = parsed.GetResult(CommonOptions.Verbose) is not null && parsed.GetValue(CommonOptions.Verbose);
        // Commands work on this thread, so the parser's own handler would come too late: Ctrl-C asks them to stop, and they tidy up.
        using var stop = new CancellationTokenSource();
        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,
                ProcessTerminationTimeout = null,
            }, stop.Token);
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("coterie: stopped before the end; nothing was written.");
            return Failed;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync(verbose ? e.ToString() : $"coterie: {Message(e)}");
            return e switch
            {
                ConfigurationException => WrongUsage,
                InputException => UnusableInput,
                _ => Failed,
            };
        }
    }

    static string Message(Exception e) => e switch
    {
        ConfigurationException or InputException or IOException or UnauthorizedAccessException => e.Message,
        WarehouseException w => $"{w.Message.Split('\n')[0]} (--verbose shows the statement)",
        AggregateException { InnerException: { } inner } => Message(inner),
        _ => $"unexpected failure: {e.Message} This is a bug; --verbose shows where.",
    };
}
