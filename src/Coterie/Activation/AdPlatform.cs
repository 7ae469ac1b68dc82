namespace Coterie.Activation;

/// <summary>What an advertising platform asks of a customer list.</summary>
/// <param name="Minimum">People below which the platform does not serve a list, or warns of it.</param>
/// <param name="Email">The header that it knows for e-mail addresses.</param>
/// <param name="Phone">The one for phone numbers; null where it takes none.</param>
/// <param name="Plus">Whether a number keeps the + of E.164 before it is hashed.</param>
/// <param name="Source">Where that is written.</param>
public sealed record AdPlatform(string Id, string Name, int Minimum, string Email, string? Phone, bool Plus, string Source)
{
    public static readonly IReadOnlyList<AdPlatform> All =
    [
        new("google", "Google Ads", 100, "Email", "Phone", Plus: true, "Customer Match: white space out, lower case, E.164, SHA-256; 100 active people"),
        new("meta", "Meta Ads", 100, "email", "phone", Plus: false, "Custom audiences: lower case, phone without signs and leading zeros but with country code; lists of fewer than 100 are advised against"),
        new("tiktok", "TikTok Ads", 1000, "Email_SHA256", "Phone_SHA256", Plus: true, "Customer file: lower case, E.164 with +, SHA-256; 1,000 matched people"),
        new("linkedin", "LinkedIn", 300, "email", Phone: null, Plus: false, "Contact targeting: SHA-256 of e-mail addresses; at least 300 rows, 300 matched members"),
    ];

    /// <exception cref="ConfigurationException">There is no such platform.</exception>
    public static AdPlatform Of(string id) => All.FirstOrDefault(p => p.Id == id)
        ?? throw new ConfigurationException($"--platform '{id}': must be one of {string.Join(", ", All.Select(p => p.Id))}.", $"平台“{id}”应为 {string.Join("、", All.Select(p => p.Id))} 之一。");
}
