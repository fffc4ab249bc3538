using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Yarp.ReverseProxy.Transforms;

// Atlas.Bench.Yarp DIRECTORY PORT SERVER-PORT...: YARP as its documentation sets it up, with the header fields that the others add.
// X-Forwarded-For, -Proto and -Host are its default. The directory holds the certificate.
if (args is ["version"])
{
    Console.WriteLine(typeof(Yarp.ReverseProxy.Configuration.RouteConfig).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
    return;
}

int[] ports = [.. args[1..].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
WebApplicationBuilder builder = WebApplication.CreateBuilder(
    new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddInMemoryCollection(ports[1..].Select((port, i) => KeyValuePair.Create<string, string?>(
    $"ReverseProxy:Clusters:origin:Destinations:s{i}:Address", $"http://127.0.0.1:{port}/")));
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(ports[0]);
    kestrel.Listen(IPAddress.Parse("127.0.0.4"), ports[0], listener => listener.UseHttps(https =>
    {
        https.ServerCertificate = X509Certificate2.CreateFromPemFile(Path.Combine(args[0], "cert.pem"), Path.Combine(args[0], "key.pem"));
        https.SslProtocols = SslProtocols.Tls13;
        https.OnAuthenticate = (_, options) => options.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]);
    }));
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
