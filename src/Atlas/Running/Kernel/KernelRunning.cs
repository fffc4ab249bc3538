using System.Security.Cryptography;
using System.Text;
using Atlas.Control.Kernel;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running.Kernel;

/// <summary>The kernel's part of an instance.</summary>
internal static class KernelRunning
{
    private const int IdBytes = 4;

    /// <summary>What forwards for a configuration, and for those that take its place.</summary>
    /// <param name="config">The first configuration.</param>
    /// <param name="isHeld">Whether another process has the table for now.</param>
    /// <param name="changed">Hears of what happens.</param>
    internal static KernelForwarder Create(AtlasConfig config, bool isHeld, Action<KernelEvent> changed)
    {
        string file = Path.GetFullPath(config.FileName.Length > 0 ? config.FileName : "atlas");
        return new KernelForwarder(new KernelOptions
        {
            // The same at the next start, so that what a crash has left is found, and another one for each file.
            Table = $"atlas_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file)).AsSpan(0, IdBytes))}",
            Owner = $"Atlas, {file}",
            IsHeld = isHeld,
            Changed = changed,
        });
    }

    /// <summary>Looks whether the host lets the kernel forward.</summary>
    /// <param name="listeners">The listeners to be.</param>
    /// <param name="before">Those that there are: what was said of them is not said again.</param>
    /// <param name="notice">Takes what is not as it should be.</param>
    /// <exception cref="IOException">Nothing could be forwarded.</exception>
    internal static void Check(
        IReadOnlyList<KernelListener> listeners, IReadOnlyList<KernelListener> before, Action<string> notice)
    {
        var host = new KernelHost(new ProgramRunner());
        if (listeners.Count > 0 && host.Missing(listeners) is string missing)
        {
            throw new IOException(missing);
        }

        foreach (string warning in host.Warnings(listeners).Except(host.Warnings(before), StringComparer.Ordinal))
        {
            notice(warning);
        }
    }

    /// <summary>Has the kernel go by listeners, and then all others; if one of them cannot, neither does.</summary>
    /// <param name="kernel">The kernel's part.</param>
    /// <param name="before">What it goes by until now.</param>
    /// <param name="next">What it goes by from now on.</param>
    /// <param name="notice">Takes what is not as it should be.</param>
    /// <param name="then">Has all others go by it.</param>
    /// <exception cref="IOException">Nothing has changed.</exception>
    internal static T Forward<T>(
        KernelForwarder kernel,
        IReadOnlyList<KernelListener> before,
        IReadOnlyList<KernelListener> next,
        Action<string> notice,
        Func<T> then)
    {
        Check(next, before, notice);
        kernel.Apply(next);
        try
        {
            return then();
        }
        catch
        {
            // What comes of it is said, and hides not why all this came.
            Update(kernel, before, notice);
            throw;
        }
    }

    /// <summary>Removes what a process before has left, for a start without listeners in kernel mode.</summary>
    internal static void RemoveLeftover(KernelForwarder kernel)
    {
        if (new KernelHost(new ProgramRunner()).CanWriteRules)
        {
            kernel.RemoveLeftover();
        }
    }

    /// <summary>Has the kernel go by other servers of the same listeners. Where it cannot, the rules before stay, and the next change
    /// has it go by all.</summary>
    internal static void Update(KernelForwarder kernel, IReadOnlyList<KernelListener> next, Action<string> notice)
    {
        try
        {
            kernel.Apply(next);
        }
        catch (IOException e)
        {
            notice(e.Message);
        }
    }

    /// <summary>The listeners in kernel mode.</summary>
    internal static IReadOnlyList<KernelListener> Of(AtlasConfig config, ProxySnapshot snapshot) =>
    [
        .. from listener in config.Listeners
           join known in snapshot.Listeners.OfType<KernelListenerSnapshot>() on listener.Name equals known.Name
           select new KernelListener(
               listener,
               config.FindPool(known.Pool.Name)!,
               known.Pool.Balancer,
               [.. known.Pool.Servers.Select(server => server.Balancing)]),
    ];
}
