using System.Security.Cryptography;
using Atlas.Core.Sessions;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.UserSessions;

/// <summary>
/// The session of a request's user: read from its store before the request goes to a server, and written there before the response's
/// head goes to the client. Part of an exchange and reused with it.
/// <code>
///   the response brings            the store                            the cookie
///   nothing of it                  the session is renewed, if due       set, if renewed
///   contents                       they are written                     set
///   empty contents                 the session is deleted               ended, if the client sent one
///   rotate                         what is written or was read goes     set to a new id
///                                  to a new id, the old one leads
///                                  nowhere
/// </code>
/// Contents that were read with one id and are written when it leads nowhere any more, since another request has ended the session or
/// had it rotated, are a conflict: they would bring back what a user has left. So is the end of a session that was rotated: it would live
/// on under an id that the response does not know.
/// </summary>
internal sealed partial class UserSession
{
    /// <summary>How long a store knows that a session has another id now: longer than requests are under way that began with the
    /// old one.</summary>
    internal const int MovedMs = 30_000;

    private const int MsPerSecond = 1_000;

    private SessionSnapshot _config = null!;

    // What was found lies in an array of the store's own, or in a buffer.
    private byte[] _shared = [];
    private NativeBuffer? _found;
    private int _foundLength;
    private NativeBuffer? _written;
    private int _writtenLength;
    private long _keptMs;
    private bool _hasCookie;
    private bool _isUnreadable;
    private bool _isMoved;
    private CookieChange _cookie;

    /// <summary>Its id.</summary>
    internal SessionId Id { get; private set; }

    /// <summary>Whether its store has it.</summary>
    internal bool IsStored { get; private set; }

    /// <summary>What the store keeps besides its contents: as found, or as it is to be written.</summary>
    internal SessionStamp Stamp { get; private set; }

    /// <summary>Milliseconds that it may live on.</summary>
    internal long LeftMs { get; private set; }

    /// <summary>The contents that are written: those of the server, or where it only asks for another id, what was found.</summary>
    internal ReadOnlySpan<byte> Written => _written!.Span.Slice(SessionStamp.Length, _writtenLength);

    /// <summary>The same behind their stamp, as stores keep them.</summary>
    internal ReadOnlySpan<byte> WrittenWithStamp => _written!.Span[..(SessionStamp.Length + _writtenLength)];

    /// <summary>Why the store did not do what it was asked for; empty: it did, or nobody asked.</summary>
    internal string Problem { get; set; } = "";

    /// <summary>The loop's time at which the request must have ended.</summary>
    internal long DeadlineMs { get; private set; }

    /// <summary>How far the store's clock is ahead of the loop's, in milliseconds; 0: not known yet.</summary>
    internal long StoreAheadMs { get; set; }

    /// <summary>The wait for a store's answer; null: there is none.</summary>
    internal LoopWait? Wait { get; set; }

    /// <summary>The fields that servers and Atlas exchange.</summary>
    internal SessionFields Fields => _config.Fields;

    /// <summary>Takes what a store found in an array that does not change.</summary>
    internal void Found(byte[] contents, SessionStamp stamp, long keptMs)
    {
        _shared = contents;
        Keep(stamp, keptMs);
    }

    /// <summary>Copies what a store found.</summary>
    /// <returns>False: there is no buffer.</returns>
    internal bool TryFound(BufferPool buffers, ReadOnlySpan<byte> contents, SessionStamp stamp, long keptMs)
    {
        _found ??= TryRent(buffers, contents.Length);
        if (_found is null || !contents.TryCopyTo(_found.Span))
        {
            return false;
        }

        _foundLength = contents.Length;
        Keep(stamp, keptMs);
        return true;
    }

    /// <summary>Begins with a request: finds its session.</summary>
    /// <returns>None, or why the request cannot go on.</returns>
    internal async ResultFlow<ProxyError> LoadAsync(WorkerContext context, Exchange x, SessionSnapshot config)
    {
        _config = config;
        Problem = "";
        StoreAheadMs = 0;
        DeadlineMs = x.Relay.DeadlineMs;
        _hasCookie = SessionId.TryParse(PairText.CookieOf(x.HeadBytes, x.Request, config.Cookie.Name), out SessionId id);
        if (!_hasCookie)
        {
            Id = SessionIds.Random();
            return ProxyError.None;
        }

        Id = id;
        StoreResult result = await config.Store.LoadAsync(context, this);
        Count(context, SessionOperation.Load, result);
        if (result == StoreResult.Done)
        {
            LeftMs = config.Life.LeftMs(Stamp.CreatedSeconds, NowSeconds());
            if (LeftMs > 0)
            {
                RenewIfItEndsSoon(context);
                return ProxyError.None;
            }

            await DeleteAsync(context, expected: null);
        }

        _isMoved = result == StoreResult.Moved;
        if (result is StoreResult.Done or StoreResult.Absent or StoreResult.Moved)
        {
            // Nobody begins a session with an id of their own choice, which they could have given to somebody else.
            Forget();
            Id = SessionIds.Random();
            return ProxyError.None;
        }

        _isUnreadable = true;
        x.Detail = Problem;
        return x.ClientGone ? ProxyError.ClientClosed
            : config.FailsWithStore ? ProxyError.StoreUnavailable
            : ProxyError.None;
    }

    /// <summary>Writes the fields that the server gets.</summary>
    internal void WriteFields(ref HeadWriter writer)
    {
        Span<byte> text = stackalloc byte[SessionId.Length];
        Id.Write(text);
        writer.Field(Fields.Id, text);
        writer.BeginField(Fields.Version);
        if (IsStored)
        {
            Span<byte> digits = stackalloc byte[SessionWrite.VersionDigits];
            Stamp.Version.TryFormat(digits, out _, "x16");
            writer.Append(digits);
            writer.EndField();
            writer.BeginField(Fields.Contents);
            writer.AppendBase64Url(Found());
        }
        else
        {
            writer.Append("0"u8);
        }

        writer.EndField();
    }

    /// <summary>Writes what the client is told of its cookie, if anything.</summary>
    internal void WriteCookie(ref HeadWriter writer, bool overTls)
    {
        if (_cookie == CookieChange.Set)
        {
            Span<byte> text = stackalloc byte[SessionId.Length];
            Id.Write(text);
            _config.Cookie.WriteLasting(ref writer, text, LeftMs / MsPerSecond, overTls);
        }
        else if (_cookie == CookieChange.End)
        {
            _config.Cookie.WriteEnd(ref writer, overTls);
        }
    }

    /// <summary>Ends with the request, or with the head of its response where a tunnel follows: gives its memory back.</summary>
    internal void Release()
    {
        Forget();
        _written?.Return();
        _written = null;
        _writtenLength = 0;
        _isUnreadable = false;
        _isMoved = false;
        _cookie = CookieChange.None;
    }

    /// <summary>Ends the wait for the store: the client has left, or the request's time is over.</summary>
    internal void CancelWait() => Wait?.Resume(WaitResult.Cancelled);

    private static long NowSeconds() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static ulong NewVersion()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return Math.Max(BitConverter.ToUInt64(random), 1);
    }

    private static NativeBuffer? TryRent(BufferPool buffers, int length) =>
        buffers.TryRent(BufferSize.Small) is not { } small ? null
        : small.Length >= length ? small
        : TryRentLarge(buffers, small);

    private static NativeBuffer? TryRentLarge(BufferPool buffers, NativeBuffer small)
    {
        small.Return();
        return buffers.TryRent(BufferSize.Large);
    }

    private ReadOnlySpan<byte> Found() => _found is null ? _shared : _found.Span[.._foundLength];

    private void Keep(SessionStamp stamp, long keptMs)
    {
        Stamp = stamp;
        _keptMs = keptMs;
        IsStored = true;
    }

    private void Forget()
    {
        _shared = [];
        _found?.Return();
        _found = null;
        _foundLength = 0;
        IsStored = false;
        Stamp = default;
    }

    // One that ends soon lives on from the beginning of the request, lest it end before the response.
    private void RenewIfItEndsSoon(WorkerContext context)
    {
        if (SessionLife.EndsSoon(_keptMs, LeftMs))
        {
            _config.Store.Renew(context, this);
        }
    }

    private void Count(WorkerContext context, SessionOperation operation, StoreResult result) =>
        _config.Metrics?.Count(context.Index, operation, result);
}
