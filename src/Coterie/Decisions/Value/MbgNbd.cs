namespace Coterie.Decisions;

/// <summary>MBG/NBD: as BG/NBD, but a customer may leave after the first purchase already, so one-time buyers can be gone. Batislam, Denizel and
/// Filiztekin 2007, "Empirical validation and comparison of models for customer base analysis", IJRM 24(3).</summary>
internal sealed class MbgNbd : BetaGeometric
{
    internal override string Name => "MBG/NBD";
    protected override int FirstToss => 1;
}
