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
            Token = config.Admin.Token is SecretConfig secret ? Read(secret, config.FileName) : null,
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

    private static string Read(SecretConfig secret, string file)
    {
        string path = ConfigPaths.Resolve(secret.FilePath, file);
        string token;
        try
        {
            token = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"admin.token: {e.Message}", e);
        }

        return token.Length > 0 ? token : throw new IOException($"admin.token: {path} is empty");
    }
}
