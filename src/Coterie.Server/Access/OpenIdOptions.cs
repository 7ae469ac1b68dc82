namespace Coterie.Server.Access;

/// <summary>An identity provider by which people may sign in beside their password.</summary>
/// <param name="Authority">The provider's address; its discovery document is below it.</param>
/// <param name="ClientId">What the provider calls this server.</param>
/// <param name="ClientSecret">What the provider gave this server to prove itself.</param>
public sealed record OpenIdOptions(string Authority, string ClientId, string ClientSecret)
{
    /// <summary>Addresses are believed although the provider does not say that it verified them. Only for a provider whose addresses people cannot set themselves.</summary>
    public bool TrustAddresses { get; init; }

    /// <summary>What people read on the way there.</summary>
    internal string Name => new Uri(Authority).Host;

    internal bool OnThisMachine => new Uri(Authority) is { IsLoopback: true, Scheme: "http" };

    /// <summary>The provider that the parts describe; null when none was named.</summary>
    /// <exception cref="ConfigurationException">Every part that is missing or wrong.</exception>
    public static OpenIdOptions? Of(string? authority, string? clientId, string? clientSecret, bool trustAddresses)
    {
        if (authority is null && clientId is null && !trustAddresses) return null;
        var problems = new List<string>();
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var address) || !(address.Scheme == "https" || address is { Scheme: "http", IsLoopback: true }) || address.Query.Length + address.Fragment.Length > 0)
            problems.Add($"--openid is '{authority}'; expected the address of the identity provider, such as https://id.example.com (http on this machine only).");
        if (string.IsNullOrWhiteSpace(clientId)) problems.Add("--openid-client is missing; expected what the identity provider calls this server.");
        if (string.IsNullOrWhiteSpace(clientSecret)) problems.Add("The identity provider's secret is missing; give a file with --openid-secret-file, or set COTERIE_OPENID_SECRET.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        return new(authority!, clientId!.Trim(), clientSecret!.Trim()) { TrustAddresses = trustAddresses };
    }
}
