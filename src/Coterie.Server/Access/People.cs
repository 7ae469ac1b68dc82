using System.Net.Mail;
using Coterie.Profiles;
using Coterie.Server.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Coterie.Server.Access;

/// <summary>Why someone could not sign in, or who did.</summary>
public sealed record SignedIn(PersonRow? Person, DateTime? LockedUntil = null);

/// <summary>An invitation: the link's code is shown once.</summary>
public sealed record Invited(PersonRow Person, string Code);

/// <summary>People who sign in: roles, passwords by the framework's hasher, a lock after wrong ones, invitations that are used once.</summary>
public sealed class People(ServerData data)
{
    public const int LeastPassword = 12;
    const int WrongAllowed = 10;
    static readonly TimeSpan Locked = TimeSpan.FromMinutes(15), InvitationLasts = TimeSpan.FromDays(7);

    // PBKDF2 with HMAC-SHA-512; the OWASP cheat sheet on password storage (2023) asks for 210,000 rounds.
    static readonly PasswordHasher<PersonRow> Usual = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    // Somebody who is not there costs the same time as somebody who is.
    static readonly PersonRow Nobody = new() { Email = "", Name = "", Stamp = "" };
    static readonly Lazy<string> NobodysHash = new(() => Usual.HashPassword(Nobody, SecretKey.NewToken()));

    /// <summary>Tests count what it is asked.</summary>
    internal IPasswordHasher<PersonRow> Hasher { get; init; } = Usual;

    public bool Any
    {
        get
        {
            using var db = data.Open();
            return db.People.Any();
        }
    }

    public IReadOnlyList<PersonRow> All
    {
        get
        {
            using var db = data.Open();
            return [.. db.People.AsNoTracking().OrderBy(p => p.Name)];
        }
    }

    /// <exception cref="ConfigurationException">Every problem with name, address and password.</exception>
    public PersonRow Add(string email, string name, Role role, string password)
    {
        var problems = Problems(ref email, ref name, role);
        CheckPassword(password, email, problems);
        return Add(email, name, role, problems, p => p.PasswordHash = Hasher.HashPassword(p, password));
    }

    /// <summary>Makes a person who has no password yet and sets one with the code.</summary>
    /// <exception cref="ConfigurationException">Every problem with name and address.</exception>
    public Invited Invite(string email, string name, Role role)
    {
        var code = SecretKey.NewToken();
        var problems = Problems(ref email, ref name, role);
        return new(Add(email, name, role, problems, p => (p.InvitationHash, p.InvitedUntil) = (SecretKey.Hash(code), DateTime.UtcNow + InvitationLasts)), code);
    }

    /// <summary>Whom an identity provider vouches for; null when they were never invited, or may not come in. The first time they are known by their address, and from then on
    /// by the provider's own name for them: an address that the provider gives to somebody else later opens nothing.</summary>
    /// <param name="issuer">The provider.</param>
    /// <param name="subject">Its name for the person, never given again (OpenID Connect Core 1.0, section 2).</param>
    /// <param name="email">Null where the provider has not verified it.</param>
    public PersonRow? OfProvider(string issuer, string subject, string? email)
    {
        var name = $"{issuer} {subject}";
        using var db = data.Open();
        if (db.People.FirstOrDefault(p => p.OpenId == name) is { } known) return known.Disabled ? null : known;
        email = email?.Trim().ToLowerInvariant();
        if (email is null || db.People.FirstOrDefault(p => p.Email == email) is not { Disabled: false, OpenId: null } person) return null;
        (person.OpenId, person.InvitationHash, person.InvitedUntil) = (name, null, null);
        db.SaveChanges();
        return person;
    }

    /// <summary>The person by id when nothing ended their session since; null otherwise.</summary>
    public PersonRow? Current(int id, string stamp)
    {
        using var db = data.Open();
        return db.People.AsNoTracking().FirstOrDefault(p => p.Id == id && p.Stamp == stamp && !p.Disabled);
    }

    /// <summary>A new code for somebody who has no way in yet; the one before is worth nothing any more.</summary>
    /// <exception cref="InputException">There is no such person.</exception>
    /// <exception cref="ConfigurationException">They have one already, or may not come in.</exception>
    public Invited InviteAgain(int id)
    {
        using var db = data.Open();
        var person = db.People.Find(id) ?? throw Nothing(id);
        if (person.ComesIn || person.Disabled) throw person.Disabled ? new ConfigurationException($"{person.Name} is disabled; let them in again first.", $"{person.Name} 已停用，请先启用。") : new ConfigurationException($"{person.Name} has a way in already.", $"{person.Name} 已可登录，无需再次邀请。");
        var code = SecretKey.NewToken();
        (person.InvitationHash, person.InvitedUntil) = (SecretKey.Hash(code), DateTime.UtcNow + InvitationLasts);
        db.SaveChanges();
        return new(person, code);
    }

    /// <summary>Whom an invitation's code lets in; null when it is wrong, used or old.</summary>
    public PersonRow? OfInvitation(string? code)
    {
        if (string.IsNullOrEmpty(code)) return null;
        var hash = SecretKey.Hash(code);
        using var db = data.Open();
        return db.People.AsNoTracking().FirstOrDefault(p => p.InvitationHash == hash) is { Disabled: false } person && person.InvitedUntil >= DateTime.UtcNow ? person : null;
    }

    /// <summary>Sets the password of an invitation; null when the code is wrong, used or old.</summary>
    /// <exception cref="ConfigurationException">The password is too weak.</exception>
    public PersonRow? Accept(string code, string password)
    {
        var hash = SecretKey.Hash(code);
        using var db = data.Open();
        if (db.People.FirstOrDefault(p => p.InvitationHash == hash) is not { Disabled: false } person || person.InvitedUntil < DateTime.UtcNow) return null;
        RefuseWeak(password, person.Email);
        (person.PasswordHash, person.InvitationHash, person.InvitedUntil, person.Stamp) = (Hasher.HashPassword(person, password), null, null, SecretKey.NewToken());
        db.SaveChanges();
        return person;
    }

    public SignedIn SignIn(string email, string password)
    {
        email = email.Trim().ToLowerInvariant();
        using var db = data.Open();
        var person = db.People.FirstOrDefault(p => p.Email == email);
        if (password.Length > 1000) return new(null);
        var result = Hasher.VerifyHashedPassword(person ?? Nobody, person?.PasswordHash ?? NobodysHash.Value, password);
        if (person is null or { Disabled: true } or { PasswordHash: null }) return new(null);
        if (person.LockedUntil > DateTime.UtcNow) return new(null, person.LockedUntil);
        if (result == PasswordVerificationResult.Failed)
        {
            if (++person.FailedSignIns >= WrongAllowed) (person.LockedUntil, person.FailedSignIns) = (DateTime.UtcNow + Locked, 0);
            db.SaveChanges();
            return new(null, person.LockedUntil > DateTime.UtcNow ? person.LockedUntil : null);
        }

        if (result == PasswordVerificationResult.SuccessRehashNeeded) person.PasswordHash = Hasher.HashPassword(person, password);
        (person.FailedSignIns, person.LockedUntil) = (0, null);
        db.SaveChanges();
        return new(person);
    }

    /// <summary>Changes a person; the last admin stays one. Ends their sessions when what they may do changes.</summary>
    /// <exception cref="InputException">There is no such person.</exception>
    /// <exception cref="ConfigurationException">It would leave nobody who may administer.</exception>
    public PersonRow Set(int id, Role? role = null, bool? disabled = null, string? password = null, bool endSessions = false, bool forgetProvider = false)
    {
        using var db = data.Open();
        var person = db.People.Find(id) ?? throw Nothing(id);
        var (newRole, gone) = (role ?? person.Role, disabled ?? person.Disabled);
        if (!Enum.IsDefined(newRole)) throw new ConfigurationException([NoRole(newRole)]);
        if ((newRole != Role.Admin || gone) && person is { Role: Role.Admin, Disabled: false } && !db.People.Any(p => p.Id != id && p.Role == Role.Admin && !p.Disabled && (p.PasswordHash != null || p.OpenId != null)))
            throw new ConfigurationException($"{person.Name} is the last admin; make another one first.", $"{person.Name} 是最后一位管理员，请先指定另一位管理员。");
        if (password is not null)
        {
            RefuseWeak(password, person.Email);
            person.PasswordHash = Hasher.HashPassword(person, password);
        }

        if (forgetProvider) person.OpenId = null;
        if (newRole != person.Role || gone != person.Disabled || password is not null || endSessions || forgetProvider) person.Stamp = SecretKey.NewToken();
        (person.Role, person.Disabled) = (newRole, gone);
        db.SaveChanges();
        return person;
    }

    PersonRow Add(string email, string name, Role role, ProblemList problems, Action<PersonRow> complete)
    {
        using var db = data.Open();
        if (db.People.Any(p => p.Email == email)) problems.Add($"'{email}' is there already.", $"邮箱“{email}”已存在。");
        problems.Refuse();
        var person = new PersonRow { Email = email, Name = name, Role = role, Created = DateTime.UtcNow, Stamp = SecretKey.NewToken() };
        complete(person);
        db.People.Add(person);
        db.SaveChanges();
        return person;
    }

    static ProblemList Problems(ref string email, ref string name, Role role)
    {
        (email, name) = (email.Trim().ToLowerInvariant(), name.Trim());
        var problems = new ProblemList();
        if (email.Length > 200 || !MailAddress.TryCreate(email, out var address) || address.Address != email) problems.Add($"'{email}' is not an e-mail address.", $"“{email}”不是邮箱地址。");
        if (name.Length is 0 or > 100) problems.Add($"The name has {name.Length} characters; expected 1 to 100.", $"姓名有 {name.Length} 个字符，应为 1 到 100 个。");
        if (!Enum.IsDefined(role)) problems.Add([NoRole(role)]);
        return problems;
    }

    internal static Bilingual NoRole(Role role) => new($"There is no role {(int)role}; expected viewer, analyst, operator or admin.", $"没有角色 {(int)role}；应为查看者、分析员、运营或管理员。");

    static InputException Nothing(int id) => new($"There is no person {id}.", $"没有编号为 {id} 的人员。");

    static void CheckPassword(string password, string email, ProblemList problems)
    {
        if (password.Length is < LeastPassword or > 1000) problems.Add($"The password has {password.Length} characters; expected {LeastPassword} to 1,000.", $"密码有 {password.Length} 个字符，应为 {LeastPassword} 到 1,000 个。");
        else if (password.Distinct().Count() < 5) problems.Add("The password repeats the same few characters.", "密码只重复少数几个字符。");
        else if (password.Equals(email, StringComparison.OrdinalIgnoreCase)) problems.Add("The password is the e-mail address.", "密码不能与邮箱相同。");
    }

    static void RefuseWeak(string password, string email)
    {
        var problems = new ProblemList();
        CheckPassword(password, email, problems);
        problems.Refuse();
    }
}
