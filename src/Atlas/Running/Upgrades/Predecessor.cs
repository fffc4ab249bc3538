using System.Globalization;
using System.Text;
using Atlas.Commands;
using Atlas.Engine.Handover;
using Atlas.Running.Listeners;

namespace Atlas.Running.Upgrades;

/// <summary>The process whose place this one is to take. What the two say is in <see cref="HandoverWords"/>. One caller at a
/// time.</summary>
internal sealed class Predecessor : IDisposable
{
    // What it sends is under way when this process starts.
    private const int GiveMs = 10_000;

    // For the first probes and lookups to end; who is not known by then is asked after.
    private const int KnowMs = 10_000;

    // The other has to stop accepting, which takes its workers a turn; or it is busy, and gives up on its own.
    private const int GoMs = 60_000;

    // It has nothing to do any more but to say so.
    private const int DoneMs = 5_000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly HandoverChannel _channel;

    private Predecessor(HandoverChannel channel, InheritedSockets sockets, HandedState state)
    {
        _channel = channel;
        Sockets = sockets;
        State = state;
    }

    /// <summary>Its sockets.</summary>
    internal InheritedSockets Sockets { get; }

    /// <summary>What it knows.</summary>
    internal HandedState State { get; }

    /// <summary>Takes what a process hands over that has started this one; null: none has.</summary>
    /// <exception cref="IOException">What it hands over is not to be understood.</exception>
    internal static Predecessor? Take()
    {
        string? text = Environment.GetEnvironmentVariable(HandoverWords.Variable);
        Environment.SetEnvironmentVariable(HandoverWords.Variable, null);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
            || HandoverChannel.TryTake(descriptor) is not HandoverChannel channel)
        {
            return null;
        }

        var sockets = new InheritedSockets(isHeld: true);
        var state = new MemoryStream();
        string word;
        do
        {
            if (channel.Receive(GiveMs, out HandoverMessage? message) != HandoverStatus.Received)
            {
                throw new IOException("the process that is to be replaced does not say what it hands over");
            }

            (word, byte[] rest) = HandoverWords.Read(message!);
            switch (word)
            {
                case HandoverWords.Hello when !HandoverWords.Versions.Contains(Encoding.UTF8.GetString(rest)):
                    throw new IOException("the process that is to be replaced hands over in a way that this version does not know: restart it");
                case HandoverWords.Sockets:
                    sockets.Add(
                        Encoding.UTF8.GetString(rest), [.. message!.Descriptors.Select(OpenSocket.TryTake).OfType<OpenSocket>()]);
                    break;
                case HandoverWords.State:
                    state.Write(rest);
                    break;
                default:
                    message!.CloseDescriptors();
                    break;
            }
        }
        while (word != HandoverWords.End);

        return HandedState.Read(state.ToArray()) is HandedState handed
            ? new Predecessor(channel, sockets, handed)
            : throw new IOException("what the process that is to be replaced hands over is not to be understood: restart it");
    }

    /// <summary>Has an instance serve in its place, once it knows its servers.</summary>
    /// <param name="instance">One that was started with <see cref="Sockets"/>.</param>
    /// <exception cref="IOException">It does not come to that: the other goes on.</exception>
    internal async Task ReplaceAsync(AtlasInstance instance)
    {
        instance.UpgradedFrom = State;
        HandedOrders.Apply(instance, State.Orders);
        long endMs = Environment.TickCount64 + KnowMs;
        while (instance.Pending.Any() && Environment.TickCount64 < endMs)
        {
            await Task.Delay(Look);
        }

        // On a thread of its own, as it waits: on a small machine the pool has few.
        string[] masters = await Task.Factory.StartNew(
            () => AwaitGo(instance), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await instance.BeginAsync(masters);
            if (!_channel.Say(HandoverWords.Serving, string.Join('\n', masters.Except(instance.Cluster.Configured))))
            {
                throw new IOException("the process that was to be replaced has ended the upgrade");
            }

            // Last of all: what clients are answered from here on is lost if that process goes on instead.
            instance.Accept();
        }
        catch
        {
            instance.Disown();
            throw;
        }

        instance.Own();

        // Until then the other has the ports of heartbeats and names.
        await Task.Run(() => _channel.Receive(DoneMs, out _));
        instance.OpenPorts();
    }

    /// <summary>Says that this process does not serve.</summary>
    /// <param name="reason">Why, in words.</param>
    internal void Fail(string reason) => _channel.Say(HandoverWords.Failed, reason);

    public void Dispose() => _channel.Dispose();

    /// <summary>Waits until the other takes no traffic, and goes on with the sessions that it tells of until then.</summary>
    /// <returns>The virtual routers that it is master of.</returns>
    private string[] AwaitGo(AtlasInstance instance)
    {
        // Sessions are for sockets that the workers have opened.
        instance.Settle();
        bool isTold = Sockets.Taken.All(name => _channel.Say(HandoverWords.Taken, name)) && _channel.Say(HandoverWords.Ready, VersionCommand.Version);
        while (isTold && _channel.Receive(GoMs, out HandoverMessage? message) == HandoverStatus.Received)
        {
            (string word, byte[] rest) = HandoverWords.Read(message!);
            if (word == HandoverWords.Go)
            {
                return Encoding.UTF8.GetString(rest).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }

            if (word == HandoverWords.Memory && message!.Descriptors is [var stream])
            {
                instance.Serve(HandoverStream.Of(stream));
            }
            else
            {
                HandedUdpSessions.Take(word == HandoverWords.Sessions ? instance.Listeners : [], rest, message!.Descriptors);
            }
        }

        throw new IOException("the process that was to be replaced has ended the upgrade");
    }
}
