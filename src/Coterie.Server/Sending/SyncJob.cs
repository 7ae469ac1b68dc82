using Coterie.Activation;
using Coterie.Activation.Rules;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Server.Audiences;
using Coterie.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server.Sending;

/// <summary>Sends an audience or a segment to a destination: everybody at first, then only changes, each once. Who refused marketing is left out.</summary>
static class SyncJob
{
    public const string Kind = "sync";

    /// <summary>What is wrong with what is to be sent; empty when nothing is.</summary>
    public static IReadOnlyList<Bilingual> Problems(WorkspaceHost host, Runs runs, Destinations destinations, IReadOnlyDictionary<string, string> arguments)
    {
        var problems = new ProblemList();
        problems.Add(arguments.Keys.Where(k => k is not ("audience" or "segment" or "destination")).Select(k => new Bilingual($"{Kind} has no option '{k}'; expected audience or segment, and destination.", $"发送没有选项“{k}”；应为 audience 或 segment，以及 destination。")));
        var (audience, segment) = (arguments.GetValueOrDefault("audience"), arguments.GetValueOrDefault("segment"));
        if ((audience is null) == (segment is null)) problems.Add("Name an audience or a segment (one of the two).", "请指定受众或分群（二者之一）。");
        if (audience is not null && SavedAudiences.Open(host.Directory).All.All(a => a.Id != audience)) problems.Add($"There is no audience '{audience}'.", $"没有受众“{audience}”。");
        if (segment is not null && (runs.Latest is not { } run || runs.Report(run).Segments.All(s => s.Id != segment))) problems.Add($"There is no segment '{segment}'.", $"没有分群“{segment}”。");
        var destination = int.TryParse(arguments.GetValueOrDefault("destination"), out var id) ? destinations.All.FirstOrDefault(d => d.Id == id) : null;
        if (destination is null) problems.Add($"There is no destination '{arguments.GetValueOrDefault("destination")}'.", $"没有目的地“{arguments.GetValueOrDefault("destination")}”。");
        // Their hashed identifiers come from a file of e-mail addresses or telephone numbers, which the server has not.
        else if (destination.Kind == "ads") problems.Add("Lists for ad platforms need a file of e-mail addresses or telephone numbers: make them with './coterie activate --to ads --traits FILE'.", "广告平台名单需要邮箱或电话号码文件，请使用 ./coterie activate --to ads --traits FILE 生成。");
        return problems.All;
    }

    public static OwnJob Of(IServiceProvider services) => new(Kind, async (job, arguments, progress, stop) =>
    {
        var (host, runs, destinations, desk) = (services.GetRequiredService<WorkspaceHost>(), services.GetRequiredService<Runs>(), services.GetRequiredService<Destinations>(), services.GetRequiredService<AudienceDesk>());
        if (Problems(host, runs, destinations, arguments) is { Count: > 0 } problems) throw new ConfigurationException(problems);
        var destination = destinations.Open(int.Parse(arguments["destination"]));
        progress.Report(new StageProgress("audience"));
        var set = arguments.GetValueOrDefault("audience") is { } audience
            ? desk.Ask(scope => AudienceSource.OfSaved(scope, SavedAudiences.Open(host.Directory).Named(audience), new AudienceSourceOptions { Run = "" }), stop)
            : AudienceSource.Open(new AudienceSourceOptions { Run = runs.Latest!.Directory, Segments = [arguments["segment"]], Consents = desk.Ask(scope => scope.Consents, stop) });
        progress.Report(new StageProgress("send"));
        try
        {
            var decided = await ActivationJob.Run(new ActivationOptions
            {
                Set = set,
                Destination = destination,
                // The journals of the command line: what was sent from there is known here.
                Sync = new SyncOptions { State = Path.Combine(host.Directory, "activation"), Say = said => progress.Report(new StageProgress("send", said)) },
            }, stop);
            var folder = Path.Combine("results", $"{Kind}-{job.Id:0000}");
            DecisionOutput.Write(decided, new DecisionShop(null, []), Path.Combine(host.Directory, folder), force: true);
            return folder;
        }
        catch (DeliveryException e)
        {
            throw new JobFailedException(e.Message);
        }
    });
}
