// A shop whose cart is in the session that Atlas hands over. The base library only: dotnet run shop.cs PORT
using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

string port = args[0];
using var listener = new HttpListener();
listener.Prefixes.Add($"http://127.0.0.1:{port}/");
listener.Start();
while (true)
{
    HttpListenerContext call = await listener.GetContextAsync();
    _ = Task.Run(() => AnswerAsync(call));
}

async Task AnswerAsync(HttpListenerContext call)
{
    using var reader = new StreamReader(call.Request.InputStream);
    string[] items = HttpUtility.ParseQueryString(await reader.ReadToEndAsync()).GetValues("item") ?? [];
    bool isChange = call.Request.HttpMethod != "GET";
    JsonArray cart = isChange && call.Request.Url!.AbsolutePath != "/add" ? [] : CartOf(call.Request);
    foreach (string item in items)
    {
        cart.Add((JsonNode)item);
    }

    if (isChange)
    {
        // An empty value ends the session.
        call.Response.AddHeader("Atlas-Session", cart.Count == 0 ? "" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(cart.ToJsonString())));
    }

    byte[] body = Encoding.UTF8.GetBytes(new JsonObject { ["server"] = "csharp", ["port"] = int.Parse(port), ["cart"] = cart }.ToJsonString() + "\n");
    call.Response.ContentType = "application/json";
    call.Response.ContentLength64 = body.Length;
    await call.Response.OutputStream.WriteAsync(body);
    call.Response.Close();
}

static JsonArray CartOf(HttpListenerRequest request) => request.Headers["Atlas-Session"] is { Length: > 0 } session
    ? (JsonArray)JsonNode.Parse(Base64Url.DecodeFromChars(session))!
    : [];
