using System.Buffers;
using System.Buffers.Text;
using Atlas.Core.Sessions;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.UserSessions;

// What a response says of the session, done in its store.
internal sealed partial class UserSession
{
    private const string MovedMeanwhile = "the session has got another id meanwhile";

    /// <summary>Does what a response says, before its head goes to the client.</summary>
    /// <returns>None, or why the response cannot go on.</returns>
    internal async ResultFlow<ProxyError> SettleAsync(WorkerContext context, Exchange x)
    {
        SessionWrite write = SessionWrite.Read(Fields, x.Up!.Span, x.Response, _config.Config.MaxSizeBytes);
        if (write.Problem.Length > 0)
        {
            x.Detail = write.Problem;
            return ProxyError.UpstreamProtocol;
        }

        if (write is { HasContents: true, Contents.Length: 0 })
        {
            return await EndAsync(context, x, write.Expected);
        }

        if (_isMoved && write.HasContents)
        {
            x.Detail = MovedMeanwhile;
            return ProxyError.SessionConflict;
        }

        if (write.HasContents || (write.Rotates && IsStored))
        {
            return await SaveAsync(context, x, write);
        }

        if (IsStored && _config.Life.IsRenewalDue(_keptMs, LeftMs))
        {
            // The client is not to get back an id that another request has taken away from it meanwhile.
            StoreResult result = await _config.Store.RenewAsync(context, this);
            _cookie = result == StoreResult.Done ? CookieChange.Set : CookieChange.None;
        }

        return ProxyError.None;
    }

    private async ResultFlow<ProxyError> EndAsync(WorkerContext context, Exchange x, ulong? expected)
    {
        if (!_hasCookie)
        {
            return ProxyError.None;
        }

        if (_isMoved)
        {
            x.Detail = MovedMeanwhile;
            return ProxyError.SessionConflict;
        }

        StoreResult result = IsStored || _isUnreadable ? await DeleteAsync(context, expected) : StoreResult.Done;
        ProxyError error = Settled(x, result);

        // Where it could not be deleted, the client at least forgets it.
        _cookie = error == ProxyError.None ? CookieChange.End : CookieChange.None;
        return error;
    }

    private async ResultFlow<ProxyError> SaveAsync(WorkerContext context, Exchange x, SessionWrite write)
    {
        if (_isUnreadable)
        {
            // What the server wrote began from nothing. It must not overwrite what the store may still have.
            Problem = "not stored, since it could not be read";
            Count(context, SessionOperation.Save, StoreResult.Away);
            return ProxyError.None;
        }

        if (write.Expected is not null && IsStored == (write.Expected == 0))
        {
            // It is not of what the server got, and the store is not asked whether the other is there.
            Count(context, SessionOperation.Save, StoreResult.Conflict);
            return Settled(x, StoreResult.Conflict);
        }

        ProxyError taken = Take(context.Loop.Buffers, x, write);
        if (taken != ProxyError.None)
        {
            return taken;
        }

        long createdSeconds = IsStored ? Stamp.CreatedSeconds : NowSeconds();
        LeftMs = _config.Life.LeftMs(createdSeconds, NowSeconds());
        if (LeftMs == 0)
        {
            // Its lifetime passed while the request was under way.
            return await EndAsync(context, x, expected: null);
        }

        // What was read must not go on under another id in the place of what others wrote meanwhile; what the server wrote may.
        return write.Rotates && IsStored
            ? await RotateAsync(context, x, createdSeconds, write.HasContents ? write.Expected : write.Expected ?? Stamp.Version)
            : Settled(x, await PutAsync(context, createdSeconds, write.Expected));
    }

    // The new one first: whatever fails behind it, the client has a session.
    private async ResultFlow<ProxyError> RotateAsync(WorkerContext context, Exchange x, long createdSeconds, ulong? expected)
    {
        SessionId before = Id;
        Id = SessionIds.Random();
        SessionId next = Id;
        StoreResult result = await PutAsync(context, createdSeconds, expected: 0);
        if (result != StoreResult.Done)
        {
            Id = before;
            return Settled(x, result);
        }

        Id = before;
        StoreResult moved = await _config.Store.MoveAwayAsync(context, this, expected);
        Count(context, SessionOperation.Delete, moved);
        Id = next;
        if (moved == StoreResult.Conflict)
        {
            await DeleteAsync(context, expected: null);
            return Settled(x, moved);
        }

        // Where the old one could not be reached it stays until its end, with what it had before.
        return Settled(x, StoreResult.Done);
    }

    private async ResultFlow<StoreResult> PutAsync(WorkerContext context, long createdSeconds, ulong? expected)
    {
        Stamp = new SessionStamp(NewVersion(), createdSeconds);
        Stamp.Write(_written!.Span);
        StoreResult result = await _config.Store.SaveAsync(context, this, expected);
        Count(context, SessionOperation.Save, result);
        return result;
    }

    private async ResultFlow<StoreResult> DeleteAsync(WorkerContext context, ulong? expected)
    {
        StoreResult result = await _config.Store.DeleteAsync(context, this, expected);
        Count(context, SessionOperation.Delete, result);
        return result;
    }

    private ProxyError Settled(Exchange x, StoreResult result)
    {
        x.Detail = result == StoreResult.Done ? x.Detail : Problem;
        _cookie = result == StoreResult.Done ? CookieChange.Set : CookieChange.None;
        return result switch
        {
            StoreResult.Done => ProxyError.None,
            StoreResult.Conflict => ProxyError.SessionConflict,
            _ => _config.FailsWithStore ? ProxyError.StoreUnavailable : ProxyError.None,
        };
    }

    private ProxyError Take(BufferPool buffers, Exchange x, in SessionWrite write)
    {
        ReadOnlySpan<byte> text = write.Contents.Of(x.Up!.Span);
        _written ??= TryRent(buffers, SessionStamp.Length + (write.HasContents ? Base64Url.GetMaxDecodedLength(text.Length) : Found().Length));
        if (_written is null)
        {
            return ProxyError.Overload;
        }

        Span<byte> destination = _written.Span[SessionStamp.Length..];
        if (!write.HasContents)
        {
            Found().CopyTo(destination);
            _writtenLength = Found().Length;
        }
        else if (Base64Url.DecodeFromUtf8(text, destination, out _, out _writtenLength) != OperationStatus.Done)
        {
            x.Detail = SessionWrite.NotBase64Url;
            return ProxyError.UpstreamProtocol;
        }

        return ProxyError.None;
    }
}
