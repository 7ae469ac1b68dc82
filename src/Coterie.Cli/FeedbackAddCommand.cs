using System.CommandLine;
using Coterie.Feedback;
using Coterie.Profiles;

namespace Coterie.Cli;

/// <summary>Adds an entry of feedback; one sub-command a kind.</summary>
internal static class FeedbackAddCommand
{
    internal static Command Create() => new("add", "Adds an entry. The next run of 'segment --workspace' keeps it.")
    {
        Rename(), Segment("lock", "Keeps a segment's id, name and definition in later runs.", s => new LockSegment { Who = "", Segment = s }), Merge(), Split(),
        Place("pin", "Holds a customer in a segment.", (c, s) => new PinCustomer { Who = "", Customer = c, Segment = s }),
        Place("move", "Moves a customer to another segment, for good.", (c, s) => new MoveCustomer { Who = "", Customer = c, Segment = s }),
        Marks("together", "These customers belong into one segment.", c => new MarkTogether { Who = "", Customers = c }),
        Marks("apart", "No two of these customers belong into one segment.", c => new MarkApart { Who = "", Customers = c }),
    };

    static Argument<string> Id() => new("segment") { Description = "The segment's id, such as S2." };

    static Option<string?> Name(bool required) => new("--name") { Description = "The name, in English or in both languages.", HelpName = "TEXT", Required = required };

    static Option<string?> NameZh() => new("--name-zh") { Description = "The name in Chinese. Default: as --name.", HelpName = "TEXT" };

    static Bilingual? Both(string? name, string? zh) => name is null
        ? zh is null ? null : throw new ConfigurationException("--name-zh goes with --name; give both.")
        : new Bilingual(name, zh ?? name);

    static Command Rename()
    {
        var (segment, name, zh) = (Id(), Name(required: true), NameZh());
        return Adding("rename", "Calls a segment by a name of yours.", [segment], [name, zh], parsed => new RenameSegment { Who = "", Segment = parsed.GetValue(segment)!, Name = Both(parsed.GetValue(name), parsed.GetValue(zh))! });
    }

    static Command Merge()
    {
        var segments = new Argument<string[]>("segments") { Description = "Ids of two or more segments; the first goes on.", Arity = ArgumentArity.OneOrMore };
        var (name, zh) = (Name(required: false), NameZh());
        return Adding("merge", "Makes one segment of several.", [segments], [name, zh], parsed => new MergeSegments { Who = "", Segments = parsed.GetValue(segments)!, Name = Both(parsed.GetValue(name), parsed.GetValue(zh)) });
    }

    static Command Split()
    {
        var segment = Id();
        var into = new Option<int>("--into") { Description = "Number of parts.", DefaultValueFactory = _ => 2, HelpName = "N" };
        return Adding("split", "Divides a segment; its largest part keeps the id.", [segment], [into], parsed => new SplitSegment { Who = "", Segment = parsed.GetValue(segment)!, Into = parsed.GetValue(into) });
    }

    static Command Segment(string name, string description, Func<string, FeedbackEntry> entry)
    {
        var segment = Id();
        return Adding(name, description, [segment], [], parsed => entry(parsed.GetValue(segment)!));
    }

    static Command Place(string name, string description, Func<string, string, FeedbackEntry> entry)
    {
        var customer = new Argument<string>("customer") { Description = "The customer's id." };
        var segment = Id();
        return Adding(name, description, [customer, segment], [], parsed => entry(parsed.GetValue(customer)!, parsed.GetValue(segment)!));
    }

    static Command Marks(string name, string description, Func<string[], FeedbackEntry> entry)
    {
        var customers = new Argument<string[]>("customers") { Description = "Ids of two or more customers.", Arity = ArgumentArity.OneOrMore };
        return Adding(name, description, [customers], [], parsed => entry(parsed.GetValue(customers)!));
    }

    static Command Adding(string name, string description, Argument[] arguments, Option[] options, Func<ParseResult, FeedbackEntry> entry)
    {
        var (workspace, who, note, lang) = (FeedbackCommand.Workspace(), FeedbackCommand.Who(), FeedbackCommand.Note(), CommonOptions.Printed());
        var command = new Command(name, description);
        foreach (var argument in arguments) command.Arguments.Add(argument);
        foreach (var option in options.Concat([workspace, who, note, lang])) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var directory = parsed.GetValue(workspace)!;
            var log = FeedbackLog.Open(directory);
            var asked = entry(parsed) with { Who = parsed.GetValue(who)!, Note = parsed.GetValue(note) };
            if (Workspace.LatestRunOf(directory) is { } run) FeedbackTargets.Check(asked, run);
            FeedbackSummary.Added(parsed.InvocationConfiguration.Output, log.Append(asked), parsed.GetValue(lang)!);
            return CommandLine.Done;
        });
        return command;
    }
}
