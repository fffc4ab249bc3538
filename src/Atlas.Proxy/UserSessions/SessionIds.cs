using System.Security.Cryptography;
using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions;

/// <summary>Where ids come from that nobody can guess.</summary>
internal static class SessionIds
{
    /// <summary>Another one each time, from the system's generator for cryptography. Any thread; allocates nothing.</summary>
    internal static SessionId Random()
    {
        Span<byte> random = stackalloc byte[SessionId.Bytes];
        RandomNumberGenerator.Fill(random);
        return SessionId.Of(random);
    }
}
