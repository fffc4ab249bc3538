// The classical form: an ASP.NET Core application that keeps its sessions in Redis itself, so that Atlas may send its users anywhere.
//   dotnet run app.cs PORT REDIS        such as: dotnet run app.cs 9001 127.0.0.1:6379
#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:package Microsoft.Extensions.Caching.StackExchangeRedis@10.0.12
#:package Microsoft.AspNetCore.DataProtection.StackExchangeRedis@10.0.12
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

string port = args[0];
ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(args[1]);
WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
builder.Services.AddStackExchangeRedisCache(options => options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(redis));
builder.Services.AddSession(options => options.Cookie.Name = "cart");

// The session's cookie is encrypted: all processes need the same keys.
builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToStackExchangeRedis(redis, "shop:keys");
WebApplication app = builder.Build();
app.UseSession();
app.MapGet("/health", () => "ok");
app.MapGet("/cart", (HttpContext context) => Show(context.Session.GetString("cart") ?? ""));
app.MapPost("/add", async (HttpContext context) =>
{
    string item = (await context.Request.ReadFormAsync())["item"].ToString();
    string cart = string.Join(", ", new[] { context.Session.GetString("cart") ?? "", item }.Where(part => part.Length > 0));
    context.Session.SetString("cart", cart);

    // Before the answer, so that the next request, at whichever process, reads it.
    await context.Session.CommitAsync();
    return Show(cart);
});
app.Run();

string Show(string cart) => $"port {port}: the cart has {(cart.Length == 0 ? "nothing" : cart)}\n";
