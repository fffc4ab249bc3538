using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Resp;

namespace Atlas.Proxy.Stores;

/// <summary>A call to Redis: one or several commands for one key, and their replies. Lent by a <see cref="RedisClient"/>, written,
/// run once, read, and given back; it holds a buffer of the loop meanwhile. For one worker's thread.</summary>
internal sealed class RedisCall
{
    /// <summary>The most bytes of the commands, and of the replies, as they are on the wire.</summary>
    internal const int MaxBytes = BufferPool.LargeLength;

    /// <summary>The most characters of <see cref="ErrorText"/>.</summary>
    internal const int MaxErrorLength = 256;

    // What a part takes beside its bytes: the length before and the line ends.
    private const int PartOverhead = 32;

    private readonly EventLoop _loop;
    private NativeBuffer? _commands;
    private NativeBuffer? _replies;
    private int _replyStart;
    private int _replyEnd;
    private int _replyBegan;
    private int _errorAt;
    private RedisScript? _script;
    private int _scriptEnd;
    private int _scriptStart;
    private long _lateMs;
    private bool _hasReplyRoom = true;

    internal RedisCall(EventLoop loop)
    {
        _loop = loop;
        Wait = new LoopWait(loop);
    }

    /// <summary>Whether doing the commands twice is as good as once: where the connection breaks under way, they are sent once more if
    /// there is time.</summary>
    internal bool IsIdempotent { get; set; }

    /// <summary>How it ended.</summary>
    internal RedisStatus Status { get; set; }

    /// <summary>The replies, one for each command, after <see cref="RedisStatus.Ok"/> or <see cref="RedisStatus.Failed"/>; until it is
    /// given back.</summary>
    internal RespReader Replies => new(_replies is null ? default : _replies.Span[_replyStart.._replyEnd]);

    /// <summary>The first error among the replies, without its line's ends; empty: there is none.</summary>
    internal ReadOnlySpan<byte> Error
    {
        get
        {
            var reader = new RespReader(_errorAt < 0 || _replies is null ? default : _replies.Span[_errorAt.._replyEnd]);
            return reader.TryRead(out RespValue value) ? value.Bytes : default;
        }
    }

    /// <summary>Why it failed. Allocates: for logs.</summary>
    internal string ErrorText => IsReplyTooLong
        ? _hasReplyRoom ? $"the reply is longer than {MaxBytes} bytes" : "there is no memory for the reply"
        : IsTooLong ? $"the commands are longer than {MaxBytes} bytes, or there is no memory for them" : Printable(Error);

    /// <summary>What the caller waits on.</summary>
    internal LoopWait Wait { get; }

    /// <summary>The loop's time in microseconds at which it was run.</summary>
    internal long BeganUs { get; set; }

    /// <summary>The slot of its key in a cluster.</summary>
    internal int Slot { get; private set; }

    /// <summary>How many replies there will be.</summary>
    internal int Commands { get; private set; }

    /// <summary>Whether the commands did not fit, or there was no memory for them: it cannot be run.</summary>
    internal bool IsTooLong { get; private set; }

    /// <summary>Whether the replies did not fit, or there was no memory for them. What came of them is dropped.</summary>
    internal bool IsReplyTooLong { get; private set; }

    /// <summary>Whether nobody waits for it: it gives itself back.</summary>
    internal bool IsUnawaited { get; set; }

    /// <summary>Whether it was sent once more already, since its connection broke.</summary>
    internal bool IsRepeated { get; set; }

    /// <summary>Whether it was sent once more already, to where a server of a cluster said.</summary>
    internal bool IsRedirected { get; set; }

    /// <summary>Whether that is for this call only: ASKING goes before it.</summary>
    internal bool IsAsking { get; set; }

    /// <summary>The connection that it is under way on; null: none.</summary>
    internal RedisConnection? Connection { get; set; }

    /// <summary>Whether its connection has tried to send it.</summary>
    internal bool IsFlushed { get; private set; }

    /// <summary>When that was, in milliseconds; until then the loop's time at which the connection took it.</summary>
    internal long SentMs { get; private set; }

    /// <summary>Whether it, or a part, may have left: it will be answered.</summary>
    internal bool IsWritten { get; set; }

    /// <summary>The node that it waits for a connection to; null: none.</summary>
    internal RedisNode? Waiting { get; set; }

    /// <summary>Its place among the calls of the connection.</summary>
    internal long Sequence { get; set; }

    /// <summary>The script that was called by its hash and may have to be sent whole; null: none, or it was.</summary>
    internal RedisScript? PendingScript { get; private set; }

    /// <summary>Whether one of the replies is an error.</summary>
    internal bool HasError => _errorAt >= 0;

    /// <summary>The commands, in three pieces that are sent one behind the other.</summary>
    internal ReadOnlySpan<byte> CommandsBeforeScript => _commands is null ? default : _commands.Span[..(_script is null ? CommandBytes : _scriptStart)];

    /// <summary>What the script is sent as; empty without one.</summary>
    internal ReadOnlySpan<byte> ScriptBytes => _script is null ? default : _script.Whole;

    /// <summary>What stands behind the script.</summary>
    internal ReadOnlySpan<byte> CommandsBehindScript => _script is null ? default : _commands!.Span[_scriptEnd..CommandBytes];

    /// <summary>The commands as they were written, a script by its hash.</summary>
    internal ReadOnlySpan<byte> Written => _commands is null ? default : _commands.Span[..CommandBytes];

    /// <summary>Bytes of the commands.</summary>
    internal int CommandBytes { get; private set; }

    /// <summary>Bytes that are sent.</summary>
    internal int SentBytes => CommandsBeforeScript.Length + ScriptBytes.Length + CommandsBehindScript.Length;

    /// <summary>Begins a command.</summary>
    /// <param name="parts">Its name and arguments: how many parts follow.</param>
    internal RedisCall Command(int parts)
    {
        if (TryMakeRoom(PartOverhead))
        {
            var writer = new RespWriter(_commands!.Span[CommandBytes..]);
            writer.Command(parts);
            CommandBytes += writer.Length;
            Commands++;
        }

        return this;
    }

    /// <summary>Writes a command's name, or an argument.</summary>
    internal RedisCall Part(scoped ReadOnlySpan<byte> bytes)
    {
        if (TryMakeRoom(bytes.Length + PartOverhead))
        {
            var writer = new RespWriter(_commands!.Span[CommandBytes..]);
            writer.Part(bytes);
            CommandBytes += writer.Length;
        }

        return this;
    }

    /// <summary>Writes an argument that is a number.</summary>
    internal RedisCall Part(long number)
    {
        if (TryMakeRoom(2 * PartOverhead))
        {
            var writer = new RespWriter(_commands!.Span[CommandBytes..]);
            writer.Part(number);
            CommandBytes += writer.Length;
        }

        return this;
    }

    /// <summary>Writes the key, by which the node is found in a cluster. All commands have the same.</summary>
    internal RedisCall Key(scoped ReadOnlySpan<byte> key)
    {
        Slot = ClusterSlot.Of(key);
        return Part(key);
    }

    /// <summary>Begins a script's call, which must be the only command; its key follows, and its arguments.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">How many arguments follow the key.</param>
    internal RedisCall Script(RedisScript script, int arguments)
    {
        Command(RedisScript.Parts + 1 + arguments);
        if (TryMakeRoom(script.ByHash.Length))
        {
            _scriptStart = CommandBytes;
            script.ByHash.CopyTo(_commands!.Span[CommandBytes..]);
            CommandBytes += script.ByHash.Length;
            _scriptEnd = CommandBytes;
            PendingScript = script;
        }

        return this;
    }

    /// <summary>Waits for the end of a call that is under way.</summary>
    /// <param name="deadlineMs">The loop's time of the end, as far as Redis or the network are what it waits for: it is put off by as long
    /// as the worker itself was late to send the call.</param>
    /// <param name="lastMs">The loop's time at which nobody waits any longer, whatever the reason.</param>
    /// <returns>Timed out only after the connection was read once more: a worker that is busy finds an answer that came in time.</returns>
    internal async ResultFlow<WaitResult> EndAsync(long deadlineMs, long lastMs = long.MaxValue)
    {
        long untilMs = deadlineMs;
        WaitResult wait;
        do
        {
            wait = await Wait.Begin(Math.Min(untilMs, lastMs));
        }
        while (wait == WaitResult.TimedOut && !IsOver(deadlineMs, lastMs, out untilMs));

        return wait == WaitResult.TimedOut && Connection is null && Waiting is null ? WaitResult.Ready : wait;
    }

    /// <summary>A connection has taken it, to be sent at the end of the turn.</summary>
    internal void BeginSend(RedisConnection connection)
    {
        BeginReplies();
        Connection = connection;
        IsFlushed = false;
        IsWritten = false;
        SentMs = _loop.NowMs;
    }

    /// <summary>Its connection tries to send it.</summary>
    /// <param name="nowMs">The time just read, not that of the turn.</param>
    internal void Flushed(long nowMs)
    {
        _lateMs += nowMs - SentMs;
        SentMs = nowMs;
        IsFlushed = true;
    }

    /// <summary>Ends the wait, as the caller has left.</summary>
    internal void Cancel() => Wait.Resume(WaitResult.Cancelled);

    /// <summary>Has the script sent whole from now on.</summary>
    internal void SendScriptWhole()
    {
        _script = PendingScript;
        PendingScript = null;
    }

    /// <summary>Forgets what came of replies, before it is sent once more.</summary>
    internal void BeginReplies()
    {
        if (_replies != _commands)
        {
            _replies?.Return();
        }

        _replies = null;
        _replyStart = CommandBytes;
        _replyEnd = CommandBytes;
        _replyBegan = CommandBytes;
        _errorAt = -1;
        IsReplyTooLong = false;
        _hasReplyRoom = true;
    }

    /// <summary>Takes bytes of replies.</summary>
    internal void TakeReply(ReadOnlySpan<byte> bytes)
    {
        if (IsReplyTooLong || !TryMakeReplyRoom(bytes.Length))
        {
            IsReplyTooLong = true;
            return;
        }

        bytes.CopyTo(_replies!.Span[_replyEnd..]);
        _replyEnd += bytes.Length;
    }

    /// <summary>A command was answered.</summary>
    internal void EndReply(bool isError)
    {
        if (isError && _errorAt < 0)
        {
            _errorAt = _replyBegan;
        }

        _replyBegan = _replyEnd;
    }

    /// <summary>Makes it as new, and gives its buffers back.</summary>
    internal void Reset()
    {
        CommandBytes = 0;
        BeginReplies();
        _commands?.Return();
        _commands = null;
        _script = null;
        PendingScript = null;
        Commands = 0;
        Slot = 0;
        IsTooLong = false;
        IsIdempotent = false;
        IsUnawaited = false;
        IsRepeated = false;
        IsRedirected = false;
        IsAsking = false;
        _lateMs = 0;
    }

    /// <summary>Text of a peer, for logs: bounded, and of printable characters.</summary>
    internal static string Printable(ReadOnlySpan<byte> bytes) => string.Create(Math.Min(bytes.Length, MaxErrorLength), bytes, static (text, source) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = source[i] is >= (byte)' ' and <= (byte)'~' ? (char)source[i] : '?';
        }
    });

    private bool IsOver(long deadlineMs, long lastMs, out long untilMs)
    {
        if (Connection is null)
        {
            untilMs = deadlineMs;
            return true;
        }

        // What is not flushed yet is so by the end of this turn.
        untilMs = deadlineMs + _lateMs + (IsFlushed ? 0 : _loop.NowMs - SentMs);
        if (_loop.NowMs < Math.Min(untilMs, lastMs))
        {
            return false;
        }

        Connection.Look();
        return true;
    }

    private bool TryMakeRoom(int bytes)
    {
        if (IsTooLong)
        {
            return false;
        }

        _commands ??= _loop.Buffers.TryRent(BufferSize.Small);
        if (_commands is not null && _commands.Length - CommandBytes < bytes && _commands.Size == BufferSize.Small)
        {
            NativeBuffer? larger = _loop.Buffers.TryRent(BufferSize.Large);
            if (larger is not null)
            {
                _commands.Span[..CommandBytes].CopyTo(larger.Span);
                _commands.Return();
                _commands = larger;
            }
        }

        IsTooLong = _commands is null || _commands.Length - CommandBytes < bytes;
        return !IsTooLong;
    }

    // Behind the commands while there is room: most calls are small and have one buffer.
    private bool TryMakeReplyRoom(int bytes)
    {
        _replies ??= _commands;
        if (_replies is null || _replies.Length - _replyEnd >= bytes)
        {
            return _replies is not null;
        }

        int length = _replyEnd - _replyStart;
        if (_replies != _commands || length + bytes > MaxBytes)
        {
            return false;
        }

        NativeBuffer? larger = _loop.Buffers.TryRent(BufferSize.Large);
        if (larger is null)
        {
            _hasReplyRoom = false;
            return false;
        }

        _replies.Span[_replyStart.._replyEnd].CopyTo(larger.Span);
        _errorAt -= _errorAt < 0 ? 0 : _replyStart;
        _replyBegan -= _replyStart;
        _replies = larger;
        (_replyStart, _replyEnd) = (0, length);
        return true;
    }
}
