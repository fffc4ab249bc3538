using System.Security.Cryptography;
using Atlas.Control.Discovery.Resolving;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>What a <see cref="PeerService"/> needs.</summary>
public sealed record PeerServiceOptions
{
    /// <summary>Finds the addresses of peers that have names.</summary>
    public required INameResolver Resolver { get; init; }

    /// <summary>The state of this node's data plane. Called for each round on the service's own thread; it must not block.</summary>
    public required Func<DataPlaneState> DataPlane { get; init; }

    /// <summary>This version of Atlas, for the others to show.</summary>
    public string Version { get; init; } = "";

    /// <summary>Takes each change of a peer, in their order, on the service's threads. It must neither block nor call back.</summary>
    public Action<PeerEvent> Changed { get; init; } = _ => { };

    /// <summary>The times.</summary>
    public LivenessOptions Liveness { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below 1, on any thread.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Makes the number of a boot, which nobody can foresee.</summary>
    public Func<UInt128> NewBoot { get; init; } = RandomBoot;

    private static UInt128 RandomBoot()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] |= 1;
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
