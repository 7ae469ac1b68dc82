using System.CommandLine;

namespace Coterie.Cli;

/// <summary>Plans a campaign, and measures what it did.</summary>
internal static class CampaignCommand
{
    internal static Command Create() => new("campaign", "Plans a campaign under a budget with a random hold-out, and measures what a campaign did.")
    {
        CampaignPlanCommand.Create(),
        CampaignMeasureCommand.Create(),
    };
}
