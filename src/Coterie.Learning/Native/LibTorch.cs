using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;

namespace Coterie.Learning.Native;

/// <summary>Loads libtorch, also on a Linux whose C++ library is older than TorchSharp's (docs/decisions/0010-libtorch-on-older-linux.md).</summary>
static partial class LibTorch
{
    const string Binding = "libLibTorchSharp.so";
    static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Must have returned before the first use of TorchSharp; later calls cost nothing.</summary>
    /// <returns>True when a lowered copy of the binding runs instead of the original.</returns>
    /// <exception cref="InputException">The machine cannot run libtorch.</exception>
    public static bool Ready() => Loaded.Value;

    static bool Load()
    {
        var lowered = false;
        // Threads of OpenMP that wait by spinning keep a processor from whoever has work, their own partner too: on two cores beside other programs a step of
        // training took 12 s in the place of 0.1. The runtime's own variables do not reach native code, so libc is asked; who has set it keeps it.
        if (OperatingSystem.IsLinux()) _ = SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", 0);
        if (OperatingSystem.IsLinux() && Find(Binding) is { } binding)
        {
            // Its neighbours first and by path: the binding then finds them by name, wherever it lies itself.
            foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
                if (Find(name) is { } path) NativeLibrary.TryLoad(path, out _);
            if (!NativeLibrary.TryLoad(binding, out _))
            {
                NativeLibrary.Load(Copy(binding));
                lowered = true;
            }
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            throw new InputException(
                $"libtorch cannot be loaded on {RuntimeInformation.RuntimeIdentifier}: {e.Message} The deep view needs 64-bit Linux, Windows or macOS on Apple silicon; "
                + "everything else works without it (--deep off).", e);
        }

        return lowered;
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Natives lie beside the program (published for one system) or in its runtimes folder.</summary>
    static string? Find(string name)
    {
        var folder = Path.GetDirectoryName(typeof(LibTorch).Assembly.Location) is { Length: > 0 } given ? given : AppContext.BaseDirectory;
        string[] places = [Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", name), Path.Combine(AppContext.BaseDirectory, name),
            Path.Combine(folder, "runtimes", "linux-x64", "native", name), Path.Combine(folder, name)];
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>The lowered copy in the user's cache, made once for each version and content.</summary>
    static string Copy(string binding)
    {
        var original = File.ReadAllBytes(binding);
        var version = typeof(torch).Assembly.GetName().Version;
        var lowered = ElfVersions.Lowered(original);
        var checksum = Convert.ToHexStringLower(SHA256.HashData(lowered));
        var folder = Path.Combine(Cache(), "libtorch", $"{version}-{checksum[..16]}");
        var path = Path.Combine(folder, Binding);
        if (File.Exists(path) && Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) == checksum) return path;
        Directory.CreateDirectory(folder);
        var partial = Path.Combine(folder, $"{Binding}.{Environment.ProcessId}");
        File.WriteAllBytes(partial, lowered);
        File.Move(partial, path, overwrite: true);
        return path;
    }

    static string Cache()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given) return Path.Combine(given, "coterie");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 ? Path.Combine(home, ".cache", "coterie") : Path.Combine(Path.GetTempPath(), $"coterie-{Environment.UserName}");
    }
}
