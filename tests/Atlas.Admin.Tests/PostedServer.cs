using System.Net;
using System.Text;

namespace Atlas.Admin.Tests;

/// <summary>An admin server of a stub, to whose path a test posts.</summary>
public abstract class PostedServer(string path) : IAsyncLifetime
{
    private AdminServer? _server;

    private protected StubSource Source { get; } = new();

    protected HttpClient Client { get; } = new();

    protected string Url => _server!.Urls[0];

    public async ValueTask InitializeAsync() =>
        _server = await AdminServer.StartAsync(new AdminOptions { Socket = AdminSockets.OnLoopback() }, Source);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await _server!.DisposeAsync();
    }

    protected async Task<(HttpStatusCode Status, string Answer)> PostAsync(string body, string type = "application/json", string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + path) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.Host = host;
        using HttpResponseMessage response = await Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
