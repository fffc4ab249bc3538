using Atlas.Engine.Interop;

namespace Atlas.Proxy.Upstream;

/// <summary>What the errors of connects say.</summary>
internal static class ConnectErrors
{
    /// <summary>Whether a connect failed for want of descriptors, ports or memory here, for want of a right, or since the loop
    /// ends: that says nothing of the server.</summary>
    internal static bool AreOurs(int error) =>
        error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS or Errno.EADDRINUSE or Errno.ECANCELED
            or Errno.EADDRNOTAVAIL or Errno.EPERM or Errno.EAFNOSUPPORT;

    /// <summary>The same words as those of health checks.</summary>
    internal static string Text(int error) => error switch
    {
        Errno.ECONNREFUSED => "connect refused",
        Errno.ECONNRESET => "connect reset",
        Errno.ETIMEDOUT => "connect timed out",
        Errno.EHOSTUNREACH => "connect failed: host unreachable",
        Errno.ENETUNREACH => "connect failed: network unreachable",
        _ => $"connect failed: {Errno.Text(error)}",
    };
}
