using System.Net;
using System.Text.Json;
using Atlas.Admin.Events;
using Atlas.Admin.Reports;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Admin.Tests;

public sealed class EventsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly StubSource _source = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HttpClient _client = new();
    private readonly List<IDisposable> _open = [];
    private AdminServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await AdminServer.StartAsync(
        new AdminOptions { Socket = AdminSockets.OnLoopback(), Time = _time }, _source);

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(one => one.Dispose());
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Events_WhileListening_ComeOneByOne()
    {
        StreamReader events = await ListenAsync();

        _source.Events.Publish(Event("drain"));
        _source.Events.Publish(Event("ready"));

        (await FrameAsync(events)).ShouldBe(
            """
            id: 1
            event: server
            data: {"type":"server","at":"2026-01-02T03:04:05.000Z","pool":"web","server":"b","change":"drain","text":"it's \"so\""}

            """);
        (await FrameAsync(events)).ShouldContain("\"change\":\"ready\"");
    }

    [Theory]
    [InlineData(0, "2026-01-02T03:04:05.000Z")]
    [InlineData(6_780_000, "2026-01-02T03:04:05.678Z")]
    [InlineData(6_789_999, "2026-01-02T03:04:05.678Z")]
    [InlineData(9_999_999, "2026-01-02T03:04:05.999Z")]
    public void Json_Time_IsInMillisecondsWhateverTheClockCounts(int ticks, string expected)
    {
        EventReport report = Event("drain");

        string json = JsonSerializer.Serialize(report with { At = report.At.AddTicks(ticks).ToOffset(TimeSpan.FromHours(2)) }, AdminJson.Default.EventReport);

        json.ShouldContain($"\"at\":\"{expected}\"");
    }

    [Fact]
    public async Task Events_WithNoNews_BeatTheHeart()
    {
        StreamReader events = await ListenAsync();

        // The wait begins on the server's side at some time after the answer's head.
        Task<string> frame = FrameAsync(events);
        while (!frame.IsCompleted)
        {
            _time.Advance(EventStream.Heartbeat);
            await Task.WhenAny(frame, Task.Delay(1));
        }

        (await frame).ShouldBe(": alive\n");
    }

    [Fact]
    public async Task Events_AfterALostConnection_GoOnWhereItWas()
    {
        for (int i = 0; i < EventHub.MaxKept + 10; i++)
        {
            _source.Events.Publish(Event("drain"));
        }

        StreamReader events = await ListenAsync(lastHeard: "108");
        (await FrameAsync(events)).ShouldStartWith("id: 109\n");
        (await FrameAsync(events)).ShouldStartWith("id: 110\n");

        StreamReader longAgo = await ListenAsync(lastHeard: "3");
        (await FrameAsync(longAgo)).ShouldStartWith("id: 11\n");
    }

    [Fact]
    public async Task Events_ListenersPastTheBound_AreRefusedUntilOneLeaves()
    {
        for (int i = 0; i < EventHub.MaxSubscribers - 1; i++)
        {
            _source.Events.Subscribe(null).ShouldNotBeNull();
        }

        EventSubscription last = _source.Events.Subscribe(null).ShouldNotBeNull();
        using HttpResponseMessage refused = await _client.GetAsync(_server.Urls[0] + "/api/v1/events");
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        last.Dispose();
        await ListenAsync();
    }

    [Fact]
    public async Task Publish_ListenerThatFallsBehind_IsDroppedAndOthersAreNot()
    {
        EventSubscription slow = _source.Events.Subscribe(null)!;
        var dropped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Dropped.Register(dropped.SetResult);
        for (int i = 0; i < EventSubscription.MaxWaiting; i++)
        {
            _source.Events.Publish(Event("drain"));
        }

        slow.Dropped.IsCancellationRequested.ShouldBeFalse();
        EventSubscription quick = _source.Events.Subscribe(null)!;
        _source.Events.Publish(Event("ready"));

        await dropped.Task.WaitAsync(Limit);
        quick.Events.TryRead(out NumberedEvent? heard).ShouldBeTrue();
        heard!.Report.Change.ShouldBe("ready");
    }

    [Fact]
    public async Task Dispose_WhileSomebodyListens_EndsAtOnce()
    {
        StreamReader events = await ListenAsync();

        await _server.DisposeAsync().AsTask().WaitAsync(Limit);

        (await events.ReadLineAsync().WaitAsync(Limit)).ShouldBeNull();
    }

    private static EventReport Event(string change) => new()
    {
        Type = "server",
        At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Pool = "web",
        Server = "b",
        Change = change,
        Text = "it's \"so\"",
    };

    /// <summary>The lines up to an empty one.</summary>
    private static async Task<string> FrameAsync(StreamReader events)
    {
        string frame = "";
        while (await events.ReadLineAsync().WaitAsync(Limit) is { Length: > 0 } line)
        {
            frame += line + "\n";
        }

        return frame;
    }

    private async Task<StreamReader> ListenAsync(string? lastHeard = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Urls[0] + "/api/v1/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastHeard);
        HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        _open.Add(response);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await FrameAsync(reader)).ShouldBe(": alive\n");
        return reader;
    }
}
