using System.Security.Cryptography;
using System.Text;
using Coterie.Activation;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Activation;

/// <summary>Lists for advertising platforms.</summary>
public class AdListTests
{
    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The hash is the example of TikTok's help page on customer files; the address that it gives as normalised is janedoe@gmail.com.
    [Theory]
    [InlineData("janedoe@gmail.com")]
    [InlineData("  JaneDoe@GMAIL.com\t")]
    [InlineData("d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69")]
    [InlineData("D6117306485ED0E50AFAB3AC871E98F81699151F30281527D63FF5F233656C69")]
    public void AnAddress_IsBroughtToOneForm_AndHashedOnce(string text) =>
        Assert.Equal("d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69", AdIdentifiers.Email(text));

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("@shop.example")]
    [InlineData("a@b")]
    [InlineData("a@b@c.example")]
    [InlineData("a b@c.example")]
    [InlineData("Jane <jane@shop.example>")]
    [InlineData("a@shop.")]
    public void WhatIsNoAddress_IsNotHashed(string text) => Assert.Null(AdIdentifiers.Email(text));

    // +1 657 777 0000 and +374 93 828222 are the examples of the same page.
    [Theory]
    [InlineData("+1 (657) 777-0000", null, "16577770000")]
    [InlineData("(657) 777-0000", "1", "16577770000")]
    [InlineData("1-657-777-0000", "1", "16577770000")]
    [InlineData("+374-93-828222", null, "37493828222")]
    [InlineData("00374 93 828222", "1", "37493828222")]
    [InlineData("07700 900123", "44", "447700900123")]
    [InlineData("+44 (0)7700 900123", null, "447700900123")]
    [InlineData("447700900123", "44", "447700900123")]
    [InlineData("06 1234 5678", "39", "390612345678")]
    [InlineData("13800138000", "86", "8613800138000")]
    [InlineData("07700 900123", null, null)]
    [InlineData("call me", "44", null)]
    [InlineData("+0 123456789", null, null)]
    [InlineData("+44 123", null, null)]
    [InlineData("+1234567890123456", null, null)]
    public void ANumber_IsBroughtToOneForm(string text, string? code, string? expected)
    {
        Assert.Equal(expected, AdIdentifiers.International(text, code));
        Assert.Equal(expected is null ? null : Hash("+" + expected), AdIdentifiers.Phone(text, code, plus: true));
        Assert.Equal(expected is null ? null : Hash(expected), AdIdentifiers.Phone(text, code, plus: false));
    }

    [Fact]
    public void HashingTwice_ChangesNothing() => Gen.String[Gen.Char.AlphaNumeric, 1, 20].Sample(name =>
    {
        var once = AdIdentifiers.Email($"{name}@shop.example")!;
        return AdIdentifiers.Email(once) == once && AdIdentifiers.Email(once.ToUpperInvariant()) == once && AdIdentifiers.Phone(once, null, plus: true) == once;
    });

    static Audience People(params (string Id, string? Email, string? Phone)[] people) => Some.Audience() with
    {
        Traits = [new("confidence", false), new("email"), new("phone")],
        Members = [.. people.Select(p => new AudienceMember(p.Id, [0.5, p.Email, p.Phone]))],
    };

    [Fact]
    public void AList_HoldsHashesOnly_EachOnce_AndCountsWhatItCannotUse()
    {
        var list = AdList.Of(People(("A", "a@b.example", "+44 7700 900123"), ("B", "A@B.example", "0770"), ("C", "x", null), ("D", null, null)), AdPlatform.Of("google"));
        Assert.Equal([$"email:{Hash("a@b.example")}", $"phone:{Hash("+447700900123")}"], list.Audience.Members.Select(m => m.Id));
        Assert.Empty(list.Audience.Traits);
        Assert.Equal((2, 1, 1, 2), (list.WithoutAny, list.BadEmails, list.BadPhones, list.Audience.Size));
    }

    [Fact]
    public void PlatformsHaveTheirOwnForm()
    {
        Assert.Contains($"phone:{Hash("447700900123")}", AdList.Of(People(("A", null, "+44 7700 900123")), AdPlatform.Of("meta")).Audience.Members.Select(m => m.Id));
        Assert.Empty(AdList.Of(People(("A", null, "+44 7700 900123")), AdPlatform.Of("linkedin")).Audience.Members);
        Assert.Equal([100, 100, 1000, 300], AdPlatform.All.Select(p => p.Minimum));
        var e = Assert.Throws<ConfigurationException>(() => AdList.Of(Some.Audience("A"), AdPlatform.Of("google")));
        Assert.Contains("--email-column", e.Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => AdPlatform.Of("myspace"));
    }

    [Fact]
    public async Task WhoLeaves_IsRemoved_ButNotAnIdentifierThatAnotherCustomerHas()
    {
        using var folder = new TemporaryFolder();
        var stop = TestContext.Current.CancellationToken;
        var destination = new AdListDestination(folder.File("ads"), AdPlatform.Of("google"));
        var options = new SyncOptions { State = folder.File("state"), Minimum = 1 };
        var google = AdPlatform.Of("google");
        await AudienceSync.Run(AdList.Of(People(("A", "home@b.example", "+44 7700 900123"), ("B", "home@b.example", null)), google).Audience, destination, options, stop);
        await AudienceSync.Run(AdList.Of(People(("B", "home@b.example", null), ("C", "c@b.example", null)), google).Audience, destination, options, stop);
        var files = Directory.GetFiles(folder.File("ads")).Order().Select(f => (Name: Path.GetFileName(f), Text: File.ReadAllText(f))).ToArray();
        Assert.Equal(["coterie_s1.000001.2-add.csv", "coterie_s1.000002.1-remove.csv", "coterie_s1.000002.2-add.csv"], files.Select(f => f.Name.Remove("coterie_s1.000001".Length, 9)));
        Assert.Equal($"Email,Phone\n{Hash("home@b.example")},\n,{Hash("+447700900123")}\n", files[0].Text);
        Assert.Equal($"Email,Phone\n,{Hash("+447700900123")}\n", files[1].Text);
        Assert.Equal($"Email,Phone\n{Hash("c@b.example")},\n", files[2].Text);
        Assert.All(Directory.GetFiles(folder.File("state")), f => Assert.DoesNotContain("b.example", File.ReadAllText(f), StringComparison.Ordinal));
    }
}
