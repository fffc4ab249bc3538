using System.Net.Sockets;
using Atlas.Admin;
using Atlas.Commands;
using Atlas.Core.Configuration;
using Atlas.Engine.Handover;
using Atlas.Running.Listeners;

namespace Atlas.Running;

/// <summary>The admin server as a configuration says, and its socket.</summary>
internal sealed class AdminAccess : IAsyncDisposable
{
    // Kestrel's own default.
    private const int Backlog = 512;

    private readonly AdminServer _server;
    private readonly OpenSocket _bound;
    private readonly Socket _socket;
    private bool _isLetGo;

    private AdminAccess(AdminServer server, OpenSocket bound, Socket socket, string name)
    {
        _server = server;
        _bound = bound;
        _socket = socket;
        Name = name;
    }

    /// <summary>What its socket is called.</summary>
    internal string Name { get; }

    /// <summary>The number of its socket.</summary>
    internal int Descriptor => (int)_socket.Handle;

    /// <summary>Where it answers.</summary>
    internal IReadOnlyList<string> Urls => _server.Urls;

    /// <summary>Starts it; null where the configuration wants none.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="source">What it asks.</param>
    /// <param name="notice">Takes sentences for the operator.</param>
    /// <param name="inherited">A socket that listens there already; null: none.</param>
    /// <exception cref="IOException">The address cannot be listened on, or the token not be read; the message says why.</exception>
    internal static async Task<AdminAccess?> StartAsync(AtlasConfig config, IAdminSource source, Action<string> notice, OpenSocket? inherited)
    {
        if (config.Admin.Bind is not BindAddress bind)
        {
            return null;
        }

        string? token = config.Admin.Token is SecretConfig secret ? Secrets.ReadText(secret, config.FileName, "admin.token") : null;
        OpenSocket bound = inherited ?? Listen(bind);
        var socket = new Socket(new SafeSocketHandle(bound.Descriptor, ownsHandle: true));
        try
        {
            var options = new AdminOptions
            {
                Socket = socket,
                Token = token,
                Version = VersionCommand.Version,
                Notice = notice,
            };
            return new AdminAccess(await AdminServer.StartAsync(options, source), bound, socket, InheritedSockets.AdminName(bind));
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (inherited is null)
            {
                OpenSocket.RemovePath(bound.Address);
            }

            if (e is IOException or SocketException)
            {
                throw new IOException($"cannot listen on {bind}: {e.GetBaseException().Message} (admin.bind)", e);
            }

            throw;
        }
    }

    /// <summary>Accepts no more, since another process does on the same socket. Requests under way are answered.</summary>
    internal void LetGo()
    {
        _isLetGo = true;
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (!_isLetGo)
        {
            OpenSocket.RemovePath(_bound.Address);
        }
    }

    private static OpenSocket Listen(BindAddress bind)
    {
        try
        {
            return OpenSocket.Listen(bind.ToSocketAddress(), Backlog, takesIpv4: true);
        }
        catch (IOException e)
        {
            throw new IOException($"{e.Message} (admin.bind)", e);
        }
    }
}
