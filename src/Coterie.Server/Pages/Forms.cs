using System.Globalization;
using Coterie.Profiles;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Pages;

/// <summary>What every form does: it acts and leads to a page, which says that it is done or what is wrong.</summary>
static class Forms
{
    /// <summary>Does what a form asks and leads to the path that this returns; what cannot be done leads back with its problems.</summary>
    public static IResult Do(string back, Func<string> work)
    {
        try
        {
            return Results.LocalRedirect(work());
        }
        catch (ProblemException e)
        {
            return PageRoutes.Back(back, e.Problems);
        }
    }

    /// <summary>The same for work that waits.</summary>
    public static async Task<IResult> Do(string back, Func<Task<string>> work)
    {
        try
        {
            return Results.LocalRedirect(await work());
        }
        catch (ProblemException e)
        {
            return PageRoutes.Back(back, e.Problems);
        }
    }

    /// <summary>A field as it was filled in, without blanks around it; null where it was left empty.</summary>
    public static string? Text(this IFormCollection form, string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;

    /// <exception cref="ConfigurationException">It is no whole number.</exception>
    public static int? Number(this IFormCollection form, string name, Bilingual what) => form.Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ConfigurationException($"{what.En} is '{ShortText.Of(text)}'; expected a whole number.", $"{what.Zh}为“{ShortText.Of(text)}”，应为整数。");

    /// <exception cref="ConfigurationException">It is no day.</exception>
    public static DateTime? Day(this IFormCollection form, string name, Bilingual what) => form.Text(name) is not { } text ? null
        : DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day
        : throw new ConfigurationException($"{what.En} is '{ShortText.Of(text)}'; expected a day, such as 2027-01-31.", $"{what.Zh}为“{ShortText.Of(text)}”，应为日期，例如 2027-01-31。");

    /// <exception cref="ConfigurationException">There is no such role.</exception>
    public static Data.Role Role(this IFormCollection form, string name) =>
        Enum.TryParse<Data.Role>(form.Text(name), ignoreCase: true, out var role) && Enum.IsDefined(role) ? role
        : throw new ConfigurationException("The role is missing; expected viewer, analyst, operator or admin.", "缺少角色；应为查看者、分析员、运营或管理员。");
}
