using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Tls;

/// <summary>OpenSSL as this process has it. Any thread.</summary>
public static unsafe class TlsLibrary
{
    private const ulong OldestVersion = 0x30000000;

    private static readonly Lazy<string?> Problem = new(Load);

    /// <summary>SSL objects that live now: what tests of leaks count.</summary>
    internal static int LiveConnections => Volatile.Read(ref s_liveConnections);

    private static int s_liveConnections;

    /// <summary>Loads OpenSSL, once in the life of the process.</summary>
    /// <param name="problem">What is missing and what to do; empty on success.</param>
    public static bool TryLoad(out string problem)
    {
        problem = Problem.Value ?? "";
        return problem.Length == 0;
    }

    /// <summary>The version in OpenSSL's words, "OpenSSL 3.0.19 27 Jan 2026" say; what is wrong where it cannot be
    /// loaded.</summary>
    public static string VersionText => TryLoad(out string problem) ? NativeText.Of(LibCrypto.OpenSSL_version(0)) : problem;

    internal static void ConnectionMade() => Interlocked.Increment(ref s_liveConnections);

    internal static void ConnectionFreed() => Interlocked.Decrement(ref s_liveConnections);

    /// <summary>As <see cref="TryLoad"/>, for those who cannot go on without.</summary>
    /// <exception cref="TlsException">OpenSSL is missing.</exception>
    internal static void Require()
    {
        if (!TryLoad(out string problem))
        {
            throw new TlsException(problem);
        }
    }

    private static string? Load()
    {
        foreach (string library in (ReadOnlySpan<string>)[LibCrypto.Library, LibSsl.Library])
        {
            if (!NativeLibrary.TryLoad(library, typeof(TlsLibrary).Assembly, searchPath: null, out _))
            {
                return $"TLS needs OpenSSL 3, and {library} cannot be loaded: install it (Debian and Ubuntu: libssl3, Fedora: openssl-libs)";
            }
        }

        if (LibCrypto.OpenSSL_version_num() < OldestVersion)
        {
            return $"TLS needs OpenSSL 3, and {LibSsl.Library} is {NativeText.Of(LibCrypto.OpenSSL_version(0))}: install OpenSSL 3";
        }

        // Threads may still use it when the process exits, so that it must not clean up then.
        return LibSsl.OPENSSL_init_ssl(OpenSslConstants.OPENSSL_INIT_NO_ATEXIT, null) == 1
            ? null
            : "OpenSSL cannot be initialized: check its configuration file (openssl version -d says where it is)";
    }
}
