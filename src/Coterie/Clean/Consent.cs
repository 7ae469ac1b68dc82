namespace Coterie.Clean;

/// <summary>What personal data are used for.</summary>
public enum ConsentPurpose
{
    /// <summary>To be written to or advertised to: audiences, activation, campaigns.</summary>
    Marketing,
    /// <summary>To be counted and grouped.</summary>
    Analytics,
    /// <summary>To be shown what fits: recommendations.</summary>
    Personalisation,
}

/// <summary>What a customer said about a purpose. Not to have said anything is no refusal, and no consent.</summary>
public enum ConsentAnswer
{
    Unknown,
    Given,
    Refused,
}

/// <summary>What a customer said, by purpose.</summary>
public sealed record Consent(ConsentAnswer Marketing, ConsentAnswer Analytics, ConsentAnswer Personalisation)
{
    /// <summary>Of a customer who said nothing.</summary>
    public static readonly Consent Unknown = new(ConsentAnswer.Unknown, ConsentAnswer.Unknown, ConsentAnswer.Unknown);

    public ConsentAnswer For(ConsentPurpose purpose) => purpose switch
    {
        ConsentPurpose.Marketing => Marketing,
        ConsentPurpose.Analytics => Analytics,
        _ => Personalisation,
    };
}

/// <summary>Who said what.</summary>
/// <param name="OfCustomer">Customers who said something.</param>
/// <param name="Unreadable">Answers that could not be read and count as not said.</param>
public sealed record Consents(IReadOnlyDictionary<string, Consent> OfCustomer, long Unreadable)
{
    /// <summary>Nobody said anything.</summary>
    public static readonly Consents None = new(new Dictionary<string, Consent>(), 0);

    public Consent Of(string customer) => OfCustomer.GetValueOrDefault(customer, Consent.Unknown);

    /// <summary>Whether a customer is left out: who refused, and where consent is asked for, who did not give it.</summary>
    public bool LeavesOut(string customer, ConsentPurpose purpose, bool required = false) => Of(customer).For(purpose) switch
    {
        ConsentAnswer.Refused => true,
        ConsentAnswer.Unknown => required,
        _ => false,
    };
}
