using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin.Events;

/// <summary>Writes events as server-sent events (WHATWG HTML, 9.2) until the client leaves, falls behind, or the server
/// ends.</summary>
internal static class EventStream
{
    // Shorter than what proxies and load balancers usually bear.
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // A comment, so that the client sees at once that it listens.
    private static readonly byte[] Alive = ": alive\n\n"u8.ToArray();

    /// <summary>The number of the last event that the client heard, when it comes back; else null.</summary>
    internal static long? LastHeard(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            ? last
            : null;

    /// <summary>Writes until the end.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="subscription">What to.</param>
    /// <param name="time">The clock of the heartbeat.</param>
    /// <param name="ended">Cancelled when the client has left or the server ends.</param>
    internal static async Task WriteAsync(
        HttpResponse response, EventSubscription subscription, TimeProvider time, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, subscription.Dropped);
        response.ContentType = "text/event-stream";
        try
        {
            await SendAsync(response, Alive, either.Token);
            Task<bool> news = subscription.Events.WaitToReadAsync(either.Token).AsTask();
            while (true)
            {
                if (!await CameAsync(news, time, either.Token))
                {
                    await SendAsync(response, Alive, either.Token);
                    continue;
                }

                while (subscription.Events.TryRead(out NumberedEvent? numbered))
                {
                    await SendAsync(response, Frame(numbered), either.Token);
                }

                news = subscription.Events.WaitToReadAsync(either.Token).AsTask();
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            if (subscription.Dropped.IsCancellationRequested)
            {
                // The rest of what was written would take the place of a listener that keeps up.
                response.HttpContext.Abort();
            }
        }
    }

    private static async Task<bool> CameAsync(Task<bool> news, TimeProvider time, CancellationToken ended)
    {
        try
        {
            return await news.WaitAsync(Heartbeat, time, ended);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static byte[] Frame(NumberedEvent numbered)
    {
        string json = JsonSerializer.Serialize(numbered.Report, ReadableJson.Context.EventReport);
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"id: {numbered.Number}\nevent: {numbered.Report.Type}\ndata: {json}\n\n"));
    }

    private static async Task SendAsync(HttpResponse response, byte[] bytes, CancellationToken ended)
    {
        await response.Body.WriteAsync(bytes, ended);
        await response.Body.FlushAsync(ended);
    }
}
