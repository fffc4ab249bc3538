using System.Buffers.Binary;
using System.Text;
using Atlas.Engine.Interop;
using Atlas.Engine.Links;
using static Atlas.Engine.Interop.FilterConstants;
using static Atlas.Engine.Interop.LinkConstants;

namespace Atlas.Engine.Filters;

/// <summary>Writes changes of nf_tables that the kernel makes all or none of, in one step for the packets that pass (linux/netfilter/
/// nf_tables.h). Numbers are in network order.</summary>
internal sealed class FilterBatch
{
    private readonly NetlinkBatch _messages = new();
    private int _last;
    private uint _sets;

    internal FilterBatch() => _messages.Begin(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, Boundary);

    private static FilterHeader Boundary =>
        new() { Resource = BinaryPrimitives.ReverseEndianness((ushort)NFNL_SUBSYS_NFTABLES) };

    /// <summary>How many bytes it has.</summary>
    internal int Length => _messages.Length;

    /// <summary>Adds a table, or goes on with one that is there.</summary>
    internal void AddTable(FilterTable table)
    {
        Begin(NFT_MSG_NEWTABLE, NLM_F_CREATE, table);
        Add(NFTA_TABLE_NAME, table.Name);
    }

    /// <summary>Removes a table with all that is in it.</summary>
    internal void RemoveTable(FilterTable table)
    {
        Begin(NFT_MSG_DELTABLE, 0, table);
        Add(NFTA_TABLE_NAME, table.Name);
    }

    /// <summary>Adds a set.</summary>
    /// <param name="table">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">What its keys are: for programs that show it; the kernel does not look.</param>
    /// <param name="keyLength">How many bytes a key has.</param>
    /// <param name="flags">NFT_SET_.</param>
    internal void AddSet(FilterTable table, string name, int type, int keyLength, int flags)
    {
        Begin(NFT_MSG_NEWSET, NLM_F_CREATE, table);
        Add(NFTA_SET_TABLE, table.Name);
        Add(NFTA_SET_NAME, name);
        Add(NFTA_SET_FLAGS, flags);
        Add(NFTA_SET_KEY_TYPE, type);
        Add(NFTA_SET_KEY_LEN, keyLength);
        Add(NFTA_SET_ID, (int)++_sets);
    }

    /// <summary>Adds elements to a set; what is there stays as it is.</summary>
    /// <param name="table">Where.</param>
    /// <param name="set">The set.</param>
    /// <param name="keys">Their keys, one after the other.</param>
    /// <param name="keyLength">How many bytes each has.</param>
    /// <param name="timeoutMs">After which they are gone; 0: they stay.</param>
    internal void AddElements(FilterTable table, string set, ReadOnlySpan<byte> keys, int keyLength, int timeoutMs = 0) =>
        WriteElements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, table, set, keys, keyLength, timeoutMs);

    /// <summary>Removes elements from a set, all of which have to be there.</summary>
    internal void RemoveElements(FilterTable table, string set, ReadOnlySpan<byte> keys, int keyLength) =>
        WriteElements(NFT_MSG_DELSETELEM, 0, table, set, keys, keyLength, 0);

    /// <summary>Adds a chain that packets pass, and that lets through what its rules do not drop.</summary>
    /// <param name="table">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="hook">NF_: where packets pass it.</param>
    /// <param name="priority">Chains of lower numbers are passed before.</param>
    internal void AddChain(FilterTable table, string name, int hook, int priority)
    {
        Begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE, table);
        Add(NFTA_CHAIN_TABLE, table.Name);
        Add(NFTA_CHAIN_NAME, name);
        int place = _messages.Open(NFTA_CHAIN_HOOK);
        Add(NFTA_HOOK_HOOKNUM, hook);
        Add(NFTA_HOOK_PRIORITY, priority);
        _messages.Close(place);
        Add(NFTA_CHAIN_POLICY, NF_ACCEPT);
        Add(NFTA_CHAIN_TYPE, "filter");
    }

    /// <summary>Adds a rule at the end of a chain.</summary>
    internal void AddRule(FilterTable table, string chain, Action<FilterRule> write)
    {
        Begin(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, table);
        Add(NFTA_RULE_TABLE, table.Name);
        Add(NFTA_RULE_CHAIN, chain);
        int expressions = _messages.Open(NFTA_RULE_EXPRESSIONS);
        write(new FilterRule(this));
        _messages.Close(expressions);
    }

    /// <summary>Ends it, so that the kernel answers once.</summary>
    internal NetlinkBatch Finish()
    {
        _messages.Mark(_last, NLM_F_ACK);
        _messages.Begin(NFNL_MSG_BATCH_END, NLM_F_REQUEST, Boundary);
        return _messages;
    }

    internal int Open(int type) => _messages.Open(type);

    internal void Close(int attribute) => _messages.Close(attribute);

    internal void Add(int type, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _messages.Add(type, bytes);
    }

    internal void Add(int type, ReadOnlySpan<byte> value) => _messages.Add(type, value);

    internal void Add(int type, string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        _messages.Add(type, bytes);
    }

    internal void AddData(int type, ReadOnlySpan<byte> value)
    {
        int data = Open(type);
        _messages.Add(NFTA_DATA_VALUE, value);
        Close(data);
    }

    private void WriteElements(int type, int flags, FilterTable table, string set, ReadOnlySpan<byte> keys, int keyLength, int timeoutMs)
    {
        Begin(type, flags, table);
        Add(NFTA_SET_ELEM_LIST_TABLE, table.Name);
        Add(NFTA_SET_ELEM_LIST_SET, set);
        int elements = Open(NFTA_SET_ELEM_LIST_ELEMENTS);
        Span<byte> timeout = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(timeout, timeoutMs);
        for (int at = 0; at < keys.Length; at += keyLength)
        {
            int element = Open(NFTA_LIST_ELEM);
            AddData(NFTA_SET_ELEM_KEY, keys.Slice(at, keyLength));
            if (timeoutMs > 0)
            {
                _messages.Add(NFTA_SET_ELEM_TIMEOUT, timeout);
            }

            Close(element);
        }

        Close(elements);
    }

    private void Begin(int type, int flags, FilterTable table) => _last = _messages.Begin(
        (NFNL_SUBSYS_NFTABLES << 8) | type, NLM_F_REQUEST | flags, new FilterHeader { Family = (byte)table.Family });
}
