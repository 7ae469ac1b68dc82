using System.Security.Cryptography;

namespace Coterie.Server.Access;

/// <summary>A secret of 256 bits that is made at the first start and readable by the server's user only.</summary>
static class SecretFile
{
    /// <exception cref="InputException">The file is there and is not such a secret.</exception>
    public static byte[] Of(string file)
    {
        if (!File.Exists(file))
        {
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, how);
            stream.Write(RandomNumberGenerator.GetBytes(32));
            stream.Flush(flushToDisk: true);
        }

        var secret = File.ReadAllBytes(file);
        return secret.Length == 32 && secret.Distinct().Count() > 8
            ? secret
            : throw new InputException($"'{file}' is no secret of 32 random bytes; remove it to have a new one made.");
    }
}
