namespace Coterie.Decisions;

/// <summary>BG/NBD: purchases at gamma distributed rates (r, α); after each repeat purchase the customer leaves with a beta distributed probability
/// (a, b). Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24(2), equation 6.</summary>
/// <remarks>Nobody can leave before a second purchase, so the chance of being a customer is 1 for every one-time buyer by assumption: that number says
/// nothing and is not shown.</remarks>
internal sealed class BgNbd : BetaGeometric
{
    internal override string Name => "BG/NBD";
    internal override bool KnowsOneTimeBuyers => false;
    protected override int FirstToss => 0;
}
