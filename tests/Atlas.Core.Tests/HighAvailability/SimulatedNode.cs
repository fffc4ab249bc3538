using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>A node of the simulated network: a virtual router, its clock, and what its machine does with what it wants done.</summary>
internal sealed class SimulatedNode(VirtualRouterSettings settings, double clockRate, long clockOffsetUs)
{
    private readonly Queue<SimulatedAdvertisement> _inbox = new();

    public VirtualRouter Router { get; private set; } = new(settings);

    public VirtualRouterSettings Settings { get; } = settings;

    public byte[] Address { get; } = settings.PrimaryAddress.GetAddressBytes();

    /// <summary>The part of the network that it is in.</summary>
    public int Part { get; set; }

    public bool IsUp { get; private set; } = true;

    public bool IsPaused { get; set; }

    public bool HasFault { get; private set; }

    /// <summary>Whether what comes while it is paused waits in its socket: the process is paused, not the machine.</summary>
    public bool KeepsInbox { get; set; }

    public long PausedAtUs { get; set; }

    public long WokeAtUs { get; set; } = long.MinValue;

    public long BecameMasterAtUs { get; set; }

    /// <summary>Whether its interface has the addresses.</summary>
    public bool HoldsAddresses { get; set; }

    /// <summary>Whose MAC address the host beside it has learned; -1: none.</summary>
    public int LearnedMac { get; set; } = -1;

    /// <summary>The tick that is planned; those planned before are void.</summary>
    public int Tick { get; set; }

    public bool IsMaster => Router.State == VirtualRouterState.Master;

    /// <summary>Whether it acts as master: it is, and its process runs.</summary>
    public bool Acts => IsUp && !IsPaused && IsMaster;

    public long Local(long trueUs) => clockOffsetUs + (long)(trueUs * clockRate);

    public long True(long localUs) => (long)Math.Ceiling((localUs - clockOffsetUs) / clockRate) + 1;

    public VirtualRouterOrders BeginFault(long trueUs)
    {
        HasFault = true;
        return Router.BeginFault(Local(trueUs));
    }

    public VirtualRouterOrders EndFault(long trueUs)
    {
        HasFault = false;
        return Router.EndFault(Local(trueUs));
    }

    public void Crash()
    {
        IsUp = false;
        IsPaused = false;
        HasFault = false;
        HoldsAddresses = false;
        _inbox.Clear();
        Router = new VirtualRouter(Settings);
    }

    public void Restart() => IsUp = true;

    /// <summary>Keeps an advertisement that came while it was paused, as many as a socket's buffer takes.</summary>
    public void Keep(SimulatedAdvertisement advertisement)
    {
        if (KeepsInbox && _inbox.Count < 100)
        {
            _inbox.Enqueue(advertisement);
        }
    }

    public bool TryTakeKept(out SimulatedAdvertisement advertisement) => _inbox.TryDequeue(out advertisement);
}
