using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Commands;

namespace Atlas.Running.Upgrades;

/// <summary>An upgrade from the old process's side: starts the program as it is on disk now, gives it the sockets, and lets go of them
/// once the other serves. Whatever fails before, this process goes on as if nothing was. What the two say is
/// in <see cref="HandoverWords"/>.</summary>
internal sealed class Upgrade(AtlasInstance instance, ProgramStart program, ServiceNotifier notifier)
{
    // From go to serving the new process opens nothing that could wait; meanwhile nobody accepts.
    private const int BeginMs = 10_000;

    /// <summary>Upgrades. Ends on any thread.</summary>
    /// <param name="limitMs">How long the new process may take until it is ready.</param>
    /// <param name="stop">Cancelled when this process was asked to stop.</param>
    internal Task<UpgradeAnswer> RunAsync(int limitMs, CancellationToken stop) => Task.Run(() => Run(limitMs, stop), CancellationToken.None);

    private UpgradeAnswer Run(int limitMs, CancellationToken stop)
    {
        if (Environment.ProcessId == 1)
        {
            // Its end is the end of all in its container.
            return UpgradeAnswer.Refused("this is process 1 of a container, which ends with it: start another container in its place");
        }

        Successor? successor = null;
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
            successor.GiveSessions(instance.Listeners);
            instance.Hold();
            isHeld = true;
            successor.GiveSessions(instance.Listeners);

            // Of this moment: which they are may have changed while the new process started.
            successor.Say(HandoverWords.Go, string.Join('\n', instance.Cluster.Masters));
            string gone = successor.Await(HandoverWords.Serving, BeginMs, CancellationToken.None);
            instance.LetGo(successor.Taken, gone.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            notifier.HandedTo(successor.Pid);
            Finish(successor);
            return UpgradeAnswer.Done(new UpgradeReport
            {
                Pid = successor.Pid,
                Version = version,
                FromPid = Environment.ProcessId,
                FromVersion = VersionCommand.Version,
                Draining = instance.Listeners.Sum(listener => listener.Connections),
            });
        }
        catch (IOException e)
        {
            successor?.Kill();
            if (isHeld)
            {
                instance.Resume();
            }

            instance.TakeBackSessions();

            return UpgradeAnswer.Refused(e.Message);
        }
        finally
        {
            successor?.Dispose();
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
