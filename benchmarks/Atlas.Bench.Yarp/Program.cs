using System.Globalization;
using System.Reflection;
using Yarp.ReverseProxy.Transforms;

// Atlas.Bench.Yarp PORT SERVER-PORT...: YARP as its documentation sets it up, with the header fields that the others add.
// X-Forwarded-For, -Proto and -Host are its default.
if (args is ["version"])
{
    Console.WriteLine(typeof(Yarp.ReverseProxy.Configuration.RouteConfig).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
    return;
}

int[] ports = [.. args.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
WebApplicationBuilder builder = WebApplication.CreateBuilder(
    new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddInMemoryCollection(ports[1..].Select((port, i) => KeyValuePair.Create<string, string?>(
    $"ReverseProxy:Clusters:origin:Destinations:s{i}:Address", $"http://127.0.0.1:{port}/")));
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(ports[0]);
    kestrel.AddServerHeader = false;
    // The default ends uploads past 30 MB, and idle connections after 130 s.
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
});
builder.Services.AddReverseProxy()
    .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
    .AddTransforms(transforms => transforms.AddRequestTransform(context =>
    {
        context.ProxyRequest.Headers.TryAddWithoutValidation("X-Request-Id", context.HttpContext.TraceIdentifier);
        return ValueTask.CompletedTask;
    }));

WebApplication app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
