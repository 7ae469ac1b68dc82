using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Tests.Activation;
using Microsoft.AspNetCore.Identity;

namespace Coterie.Tests.Server.Access;

/// <summary>Accounts, on SQLite and on PostgreSQL.</summary>
public class PeopleTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    const string Password = "correct horse battery", Email = "ann@shop.example";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TenWrongPasswords_LockTheAccount_AndNoOther(bool real)
    {
        using var database = new Database(postgres, real);
        var people = new People(database.Data) { Hasher = new Counting() };
        people.Add(Email, "Ann", Role.Viewer, Password);
        people.Add("bob@shop.example", "Bob", Role.Viewer, Password);
        for (var i = 0; i < 9; i++) Assert.Equal(new SignedIn(null), people.SignIn(Email, "wrong"));
        Assert.NotNull(people.SignIn(Email, Password).Person);
        for (var i = 0; i < 9; i++) Assert.Equal(new SignedIn(null), people.SignIn(Email, "wrong"));
        Assert.NotNull(people.SignIn(Email, "wrong").LockedUntil);
        // Locked, the right one opens nothing either.
        var locked = people.SignIn(Email, Password);
        Assert.Null(locked.Person);
        Assert.InRange(locked.LockedUntil!.Value, DateTime.UtcNow.AddMinutes(13), DateTime.UtcNow.AddMinutes(15));
        Assert.NotNull(people.SignIn("bob@shop.example", Password).Person);
        using (var db = database.Data.Open())
        {
            db.People.First(p => p.Email == Email).LockedUntil = DateTime.UtcNow.AddSeconds(-1);
            db.SaveChanges();
        }

        Assert.NotNull(people.SignIn(Email, Password).Person);
    }

    [Theory]
    [InlineData("nobody@shop.example", "wrong")]
    [InlineData(Email, "wrong")]
    [InlineData(Email, Password)]
    [InlineData("invited@shop.example", "wrong")]
    [InlineData("gone@shop.example", Password)]
    [InlineData("locked@shop.example", Password)]
    [InlineData("", "")]
    public void WhoeverAsks_CostsOneComparison(string email, string password)
    {
        using var database = new Database(postgres, real: false);
        var counting = new Counting();
        var people = new People(database.Data) { Hasher = counting };
        people.Add(Email, "Ann", Role.Viewer, Password);
        people.Invite("invited@shop.example", "Ivy", Role.Viewer);
        people.Set(people.Add("gone@shop.example", "Guy", Role.Viewer, Password).Id, disabled: true);
        var locked = people.Add("locked@shop.example", "Lou", Role.Viewer, Password);
        using (var db = database.Data.Open())
        {
            db.People.Find(locked.Id)!.LockedUntil = DateTime.UtcNow.AddMinutes(5);
            db.SaveChanges();
        }

        counting.Verified = 0;
        people.SignIn(email, password);
        Assert.Equal(1, counting.Verified);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnInvitation_IsUsedOnce_AndEnds(bool real)
    {
        using var database = new Database(postgres, real);
        var people = new People(database.Data) { Hasher = new Counting() };
        var invited = people.Invite(Email, "Ann", Role.Analyst);
        Assert.Null(people.Accept("wrong", Password));
        Assert.NotNull(people.Accept(invited.Code, Password));
        Assert.Null(people.Accept(invited.Code, Password));
        Assert.Equal(Role.Analyst, people.SignIn(Email, Password).Person!.Role);
        var late = people.Invite("late@shop.example", "Lee", Role.Viewer);
        using (var db = database.Data.Open())
        {
            db.People.Find(late.Person.Id)!.InvitedUntil = DateTime.UtcNow.AddSeconds(-1);
            db.SaveChanges();
        }

        Assert.Null(people.Accept(late.Code, Password));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheLastAdmin_StaysOne_AndAddressesAreUnique(bool real)
    {
        using var database = new Database(postgres, real);
        var people = new People(database.Data) { Hasher = new Counting() };
        var ann = people.Add(Email, "Ann", Role.Admin, Password);
        Assert.Throws<ConfigurationException>(() => people.Set(ann.Id, role: Role.Viewer));
        Assert.Throws<ConfigurationException>(() => people.Set(ann.Id, disabled: true));
        Assert.Throws<ConfigurationException>(() => people.Add(" ANN@shop.example", "Other", Role.Viewer, Password));
        people.Add("bob@shop.example", "Bob", Role.Admin, Password);
        Assert.Equal(Role.Viewer, people.Set(ann.Id, role: Role.Viewer).Role);
        Assert.Null(people.Current(ann.Id, ann.Stamp));
    }

    // The framework's own takes 100 ms by intention; what is counted here is how often it is asked.
    sealed class Counting : IPasswordHasher<PersonRow>
    {
        public int Verified { get; set; }

        public string HashPassword(PersonRow user, string password) => "hash of " + password;

        public PasswordVerificationResult VerifyHashedPassword(PersonRow user, string hashedPassword, string providedPassword)
        {
            Verified++;
            return hashedPassword == "hash of " + providedPassword ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
        }
    }
}
