using System.Net.Sockets;
using Atlas.Admin;
using Atlas.Commands;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>Starts the admin server as a configuration says.</summary>
internal static class AdminAccess
{
    /// <summary>Starts it; null where the configuration wants none.</summary>
    /// <exception cref="IOException">The address cannot be listened on, or the token not be read; the message says why.</exception>
    internal static async Task<AdminServer?> StartAsync(AtlasConfig config, IAdminSource source, Action<string> notice)
    {
        if (config.Admin.Bind is not BindAddress bind)
        {
            return null;
        }

        var options = new AdminOptions
        {
            Binds = [bind],
            Token = config.Admin.Token is SecretConfig secret ? Secrets.ReadText(secret, config.FileName, "admin.token") : null,
            Version = VersionCommand.Version,
            Notice = notice,
        };
        try
        {
            return await AdminServer.StartAsync(options, source);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new IOException($"cannot listen on {bind}: {e.GetBaseException().Message} (admin.bind)", e);
        }
    }
}
