using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Mirroring;

/// <summary>The copies of requests that are under way on one worker. A copy shares nothing with its original but the worker's
/// time, and there are never more than <see cref="MaxUnderWay"/>: a mirror that is slow or dead loses copies, and costs the
/// original nothing.</summary>
internal sealed class Mirrors(WorkerContext context)
{
    /// <summary>Copies under way per worker. Each holds one buffer of 16 or 256 KiB, so together 32 MiB at most.</summary>
    internal const int MaxUnderWay = 128;

    private readonly Stack<MirrorRequest> _free = new();

    /// <summary>Copies under way.</summary>
    internal int UnderWay { get; private set; }

    /// <summary>Begins to copy a request if its route asks for it.</summary>
    internal void Begin(Downstream session, Exchange x)
    {
        RouteSnapshot route = x.Route!;
        if (route.Mirror is not MirrorSnapshot mirror || !mirror.Takes(context.RandomBits()))
        {
            return;
        }

        RouteCounters? counters = route.Metrics?.ForWorker(context.Index);
        if (!MirrorRequest.Suits(x.Request))
        {
            counters?.Mirrored(MirrorResult.Unsuited);
            return;
        }

        MirrorRequest? copy = UnderWay < MaxUnderWay ? Rent() : null;
        if (copy is null || !copy.TryBegin(mirror.Pool, counters, x, session.OriginFor(mirror.Pool)))
        {
            counters?.Mirrored(MirrorResult.Dropped);
            if (copy is not null)
            {
                Return(copy);
            }

            return;
        }

        if (x.HasWholeBody)
        {
            copy.Append(x.In!.Span.Slice(x.Request.Length, (int)Math.Max(x.Request.ContentLength, 0)));
            copy.Send();
        }
        else
        {
            x.Mirror = copy;
        }
    }

    /// <summary>Takes a copy back that has ended.</summary>
    internal void Return(MirrorRequest copy)
    {
        UnderWay--;
        _free.Push(copy);
    }

    private MirrorRequest Rent()
    {
        UnderWay++;
        return _free.TryPop(out MirrorRequest? copy) ? copy : new MirrorRequest(context, this);
    }
}
