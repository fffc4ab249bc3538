using System.Net;
using System.Text;
using Atlas.Core.Routing;

namespace Atlas.Core.Tests.Routing;

/// <summary>A request of texts; what is not given is empty.</summary>
internal readonly struct TestRequest : IRouteRequest
{
    private readonly byte[] _host;
    private readonly byte[] _query;
    private readonly byte[] _method;
    private readonly byte[] _client;
    private readonly (byte[] Name, byte[] Value)[] _headers;

    public TestRequest(
        string host = "", string path = "/", string query = "", string method = "GET", string client = "", params (string Name, string Value)[] headers)
    {
        _host = Encoding.UTF8.GetBytes(host);
        _query = Encoding.UTF8.GetBytes(query);
        _method = Encoding.UTF8.GetBytes(method);
        _client = client.Length == 0 ? [] : IPAddress.Parse(client).GetAddressBytes();
        _headers = [.. headers.Select(header => (Encoding.UTF8.GetBytes(header.Name), Encoding.UTF8.GetBytes(header.Value)))];
        Path = Encoding.UTF8.GetBytes(path);
        Text = $"{method} {host}{path}?{query} from {client} with {string.Join(", ", headers)}";
    }

    public byte[] Path { get; }

    public string Text { get; }

    public ReadOnlySpan<byte> Host => _host;

    public ReadOnlySpan<byte> Query => _query;

    public ReadOnlySpan<byte> Method => _method;

    public ReadOnlySpan<byte> Client => _client;

    public int FindHeader(scoped ReadOnlySpan<byte> name, int start)
    {
        for (int i = start; i < _headers.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(_headers[i].Name, name))
            {
                return i;
            }
        }

        return -1;
    }

    public ReadOnlySpan<byte> HeaderValue(int place) => _headers[place].Value;

    public override string ToString() => Text;
}
