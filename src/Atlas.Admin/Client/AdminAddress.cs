using System.Net.Sockets;

namespace Atlas.Admin.Client;

/// <summary>Where an admin server answers: <c>127.0.0.1:9900</c>, <c>host:9900</c> or <c>unix:/run/atlas/admin.sock</c>.</summary>
public sealed record AdminAddress
{
    private const string UnixMark = "unix:";
    private const string HttpMark = "http://";

    private AdminAddress(string text, Uri url, string? unixPath)
    {
        Text = text;
        Url = url;
        UnixPath = unixPath;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    internal Uri Url { get; }

    private string? UnixPath { get; }

    /// <summary>Reads an address; null: it is none.</summary>
    public static AdminAddress? Parse(string text)
    {
        if (text.StartsWith(UnixMark, StringComparison.Ordinal))
        {
            string path = text[UnixMark.Length..];
            return path.StartsWith('/') ? new AdminAddress(text, new Uri("http://localhost"), path) : null;
        }

        string authority = text.StartsWith(HttpMark, StringComparison.Ordinal) ? text[HttpMark.Length..].TrimEnd('/') : text;
        return authority.Contains(':', StringComparison.Ordinal)
            && Uri.TryCreate(HttpMark + authority, UriKind.Absolute, out Uri? url)
            && url is { PathAndQuery: "/", UserInfo: "", Port: > 0 }
            ? new AdminAddress(text, url, unixPath: null)
            : null;
    }

    /// <summary>Makes the connections of an HTTP client go there.</summary>
    internal SocketsHttpHandler Handler() => UnixPath is null
        ? new SocketsHttpHandler { UseProxy = false }
        : new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(UnixPath), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };

    /// <summary>As it is written.</summary>
    public override string ToString() => Text;
}
