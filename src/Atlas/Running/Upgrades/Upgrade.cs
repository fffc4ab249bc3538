using System.Globalization;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Commands;
using Atlas.Engine.Handover;
using Atlas.Proxy.UserSessions;
using Atlas.Proxy.UserSessions.Handover;

namespace Atlas.Running.Upgrades;

/// <summary>An upgrade from the old process's side: starts the program as it is on disk now, gives it the sockets, and lets go of them
/// once the other serves. Whatever fails before, this process goes on as if nothing was. What the two say is
/// in <see cref="HandoverWords"/>.</summary>
internal sealed class Upgrade(AtlasInstance instance, ProgramStart program, ServiceNotifier notifier, Action<string> say)
{
    // Until the new process serves, once nobody accepts: it opens nothing that could wait.
    private const int BeginMs = 10_000;

    // What the wait came to: whoever is first decides.
    private const int Serves = 1;
    private const int TooLate = 2;

    private int _outcome;

    /// <summary>Upgrades. Ends on any thread.</summary>
    /// <param name="limitMs">How long the new process may take until it is ready.</param>
    /// <param name="stop">Cancelled when this process was asked to stop.</param>
    internal Task<UpgradeAnswer> RunAsync(int limitMs, CancellationToken stop) =>
        Task.Factory.StartNew(() => Run(limitMs, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private UpgradeAnswer Run(int limitMs, CancellationToken stop)
    {
        if (Environment.ProcessId == 1)
        {
            // Its end is the end of all in its container.
            return UpgradeAnswer.Refused("this is process 1 of a container, which ends with it: start another container in its place");
        }

        Successor? successor = null;
        SessionSuccessor? memory = null;
        bool isHeld = false;
        try
        {
            successor = Successor.Start(program);
            successor.Give(instance.Sockets, new HandedState
            {
                Version = VersionCommand.Version,
                Pid = Environment.ProcessId,
                Orders = HandedOrders.Of(instance),
            });
            string version = successor.Await(HandoverWords.Ready, limitMs, stop);

            // Nearly all of them while clients are served; those that begin meanwhile are few.
            memory = GiveMemory(successor);
            successor.GiveUdpSessions(instance.Listeners);
            using var limit = new Timer(_ => GiveUp(successor), null, BeginMs, Timeout.Infinite);
            instance.Hold();
            isHeld = true;
            successor.GiveUdpSessions(instance.Listeners);
            memory?.Switch(instance.Settle);

            // Of this moment: which they are may have changed while the new process started.
            successor.Say(HandoverWords.Go, string.Join('\n', instance.Cluster.Masters));
            string gone = successor.Await(HandoverWords.Serving, BeginMs, CancellationToken.None);
            if (Interlocked.CompareExchange(ref _outcome, Serves, 0) != 0)
            {
                throw new IOException("it serves too late");
            }

            instance.LetGo(successor.Taken, gone.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            notifier.HandedTo(successor.Pid);
            string[] notes = [.. NotesOf(memory)];
            Array.ForEach(notes, say);
            Finish(successor);
            return UpgradeAnswer.Done(new UpgradeReport
            {
                Pid = successor.Pid,
                Version = version,
                FromPid = Environment.ProcessId,
                FromVersion = VersionCommand.Version,
                Draining = instance.Listeners.Sum(listener => listener.Connections),
                Notes = notes.Length > 0 ? notes : null,
            });
        }
        catch (Exception e) when (e is not OutOfMemoryException && _outcome != Serves)
        {
            successor?.Kill();
            if (isHeld)
            {
                instance.Resume();
            }

            instance.TakeBackUdpSessions();
            memory?.TakeBack();
            memory?.Dispose();
            return UpgradeAnswer.Refused(
                _outcome == TooLate ? string.Create(
                    CultureInfo.InvariantCulture, $"the new process does not serve within {BeginMs / 1_000} s once nobody else does")
                : e is IOException ? e.Message
                : $"unexpected: {e}");
        }
        finally
        {
            successor?.Dispose();
        }
    }

    /// <summary>Ends what has not come to an end, whatever it waits for.</summary>
    private void GiveUp(Successor successor)
    {
        if (Interlocked.CompareExchange(ref _outcome, TooLate, 0) == 0)
        {
            successor.Kill();
        }
    }

    /// <summary>Sends users' sessions that are in memory.</summary>
    /// <returns>Null: there are none.</returns>
    private SessionSuccessor? GiveMemory(Successor successor)
    {
        IReadOnlyList<SessionSnapshot> sessions = instance.Snapshot.Sessions;
        if (!SessionSuccessor.IsNeeded(sessions))
        {
            return null;
        }

        (Stream own, HandedDescriptor other) = HandoverStream.CreatePair();
        var memory = new SessionSuccessor(own);
        try
        {
            using (other)
            {
                successor.Say(HandoverWords.Memory, descriptors: [other.Number]);
            }

            memory.Give(sessions);
            return memory;
        }
        catch
        {
            memory.TakeBack();
            memory.Dispose();
            throw;
        }
    }

    private static IEnumerable<string> NotesOf(SessionSuccessor? memory)
    {
        foreach (string name in memory?.Unknown ?? [])
        {
            yield return $"session {name}: the file has none of this name in memory: the sessions of before are not taken along";
        }

        if (memory?.Refused > 0)
        {
            yield return $"{memory.Refused} sessions in memory found no room: max_memory is less than before";
        }
    }

    private static void Finish(Successor successor)
    {
        try
        {
            successor.Say(HandoverWords.Done);
        }
        catch (IOException)
        {
            // It serves by itself since it said so, and this process has nothing to go on with.
        }
    }
}
