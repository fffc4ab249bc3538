using System.Text;

namespace Atlas.Proxy.Forwarding;

/// <summary>What a route changes of the requests that go to its servers. Immutable.</summary>
public sealed class RequestChanges
{
    private readonly string _host = "";

    /// <summary>No changes.</summary>
    public static RequestChanges None { get; } = new();

    /// <summary>Changes to the fields.</summary>
    public HeaderRules Headers { get; init; } = HeaderRules.None;

    /// <summary>How the path is changed; null: the server gets it as it came.</summary>
    public PathRewrite? Path { get; init; }

    /// <summary>The <c>Host</c> that the server gets; empty: the client's.</summary>
    public string Host
    {
        get => _host;
        init
        {
            _host = value;
            HostBytes = Encoding.ASCII.GetBytes(value);
        }
    }

    internal byte[] HostBytes { get; private init; } = [];
}
