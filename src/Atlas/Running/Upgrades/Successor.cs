using System.Diagnostics;
using System.Text;
using Atlas.Engine.Handover;
using Atlas.Running.Listeners;

namespace Atlas.Running.Upgrades;

/// <summary>The new process of an upgrade, as the old one sees it. Its calls wait; one thread at a time.</summary>
internal sealed class Successor : IDisposable
{
    // How soon a request to stop is noticed.
    private const int LookMs = 50;

    // A process whose end of the channel is closed has ended, or is about to.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly HandoverChannel _channel;

    private Successor(Process process, HandoverChannel channel)
    {
        _process = process;
        _channel = channel;
    }

    /// <summary>Its id.</summary>
    internal int Pid => _process.Id;

    /// <summary>The names of the sockets that it serves, as far as it has said so.</summary>
    internal HashSet<string> Taken { get; } = new(StringComparer.Ordinal);

    /// <summary>Starts it.</summary>
    /// <exception cref="IOException">It cannot be started; the message says why.</exception>
    internal static Successor Start(ProgramStart program)
    {
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (other)
        {
            try
            {
                return new Successor(program.Start(other.MakeInheritable()), own);
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }
    }

    /// <summary>Gives it the sockets and what no file says.</summary>
    /// <exception cref="IOException">It takes them not.</exception>
    internal void Give(IReadOnlyList<(string Name, IReadOnlyList<int> Descriptors)> sockets, HandedState state)
    {
        bool isGiven = _channel.Say(HandoverWords.Hello, HandoverWords.Version);
        foreach ((string name, IReadOnlyList<int> descriptors) in sockets)
        {
            foreach (int[] some in descriptors.Chunk(HandoverChannel.MaxDescriptors))
            {
                isGiven = isGiven && _channel.Say(HandoverWords.Sockets, name, some);
            }
        }

        isGiven = isGiven && _channel.SayLong(HandoverWords.State, state.Write()) && _channel.Say(HandoverWords.End);
        if (!isGiven)
        {
            throw new IOException(HasEnded() ?? "the new process does not take the sockets: is it an Atlas that can be upgraded to?");
        }
    }

    /// <summary>Says a word to it, and what belongs to the word.</summary>
    /// <exception cref="IOException">It hears nothing any more.</exception>
    internal void Say(string word, string rest = "", IReadOnlyList<int>? descriptors = null)
    {
        if (!_channel.Say(word, rest, descriptors))
        {
            throw new IOException(HasEnded() ?? "the new process takes no more messages");
        }
    }

    /// <summary>Tells it of UDP sessions that it does not know yet, of listeners all of whose sockets it serves.</summary>
    /// <exception cref="IOException">It hears nothing any more.</exception>
    internal void GiveUdpSessions(IEnumerable<RunningListener> listeners) => HandedUdpSessions.Give(listeners.Where(IsTaken), (bytes, sockets) =>
    {
        if (!_channel.Say(HandoverWords.Sessions, bytes, sockets))
        {
            throw new IOException(HasEnded() ?? "the new process takes no more messages");
        }
    });

    /// <summary>Waits until it says a word.</summary>
    /// <param name="word">Which.</param>
    /// <param name="limitMs">How long, in milliseconds.</param>
    /// <param name="stop">Cancelled when there is no use in waiting.</param>
    /// <returns>What belongs to the word.</returns>
    /// <exception cref="IOException">It does not; the message says why.</exception>
    internal string Await(string word, int limitMs, CancellationToken stop)
    {
        long endMs = Environment.TickCount64 + limitMs;
        while (true)
        {
            if (stop.IsCancellationRequested)
            {
                throw new IOException("this process was asked to stop");
            }

            switch (_channel.Receive(LookMs, out HandoverMessage? message))
            {
                case HandoverStatus.Received:
                    (string said, byte[] bytes) = HandoverWords.Read(message!);
                    message!.CloseDescriptors();
                    string rest = Encoding.UTF8.GetString(bytes);
                    if (said == word)
                    {
                        return rest;
                    }

                    if (said == HandoverWords.Taken)
                    {
                        Taken.Add(rest);
                    }

                    if (said == HandoverWords.Failed)
                    {
                        throw new IOException($"the new process does not start: {rest}");
                    }

                    break;
                case HandoverStatus.Ended:
                    throw new IOException(HasEnded() ?? "the new process does not serve in this one's place: is it an Atlas that can be upgraded to?");
                case HandoverStatus.TimedOut:
                    break;
                default:
                    throw new InvalidOperationException("unknown end of a wait");
            }

            if (Environment.TickCount64 >= endMs)
            {
                throw new IOException($"the new process does not serve within {limitMs / 1_000.0:0.#} s");
            }
        }
    }

    /// <summary>Ends it at once, if it has not ended.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit(EndLimit);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _process.Dispose();
    }

    private bool IsTaken(RunningListener listener) => listener.Addresses.All(address =>
        Taken.Contains(InheritedSockets.NameOf(listener.Name, address.Written, listener.HasDatagrams == true)));

    /// <summary>How it ended; null: it has not.</summary>
    private string? HasEnded() => _process.WaitForExit(EndLimit)
        ? $"the new process ended with {(_process.ExitCode > 128 ? $"signal {_process.ExitCode - 128}" : $"exit code {_process.ExitCode}")}"
            + $": see the lines of process {Pid} {LogPlace.Here}"
        : null;
}
