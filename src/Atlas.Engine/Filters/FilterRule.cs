using static Atlas.Engine.Interop.FilterConstants;

namespace Atlas.Engine.Filters;

/// <summary>Writes the expressions of a rule. Each is asked in turn; the first that does not hold ends the rule.</summary>
internal readonly struct FilterRule(FilterBatch batch)
{
    // Within the header of a fragment.
    private const int FragmentOffset = 2;

    /// <summary>Goes on if bytes of the packet are these.</summary>
    /// <param name="start">NFT_PAYLOAD_: where the offset counts from.</param>
    /// <param name="offset">From there, in bytes.</param>
    /// <param name="value">The bytes.</param>
    internal FilterRule BytesAre(int start, int offset, ReadOnlySpan<byte> value)
    {
        Load(start, offset, value.Length, NFT_REG_1);
        Compare(value);
        return this;
    }

    /// <summary>Goes on if what the kernel knows of the packet is this.</summary>
    /// <param name="key">NFT_META_.</param>
    /// <param name="value">As the kernel keeps it: a number in the machine's order.</param>
    internal FilterRule MetaIs(int key, ReadOnlySpan<byte> value)
    {
        LoadMeta(key, NFT_REG_1);
        Compare(value);
        return this;
    }

    /// <summary>Loads bytes of the packet for <see cref="IsIn"/> and <see cref="IsNotIn"/>; a packet without them ends the rule.</summary>
    internal FilterRule Load(int start, int offset, int length, int register = NFT_REG_1)
    {
        int data = Begin("payload", out int expression);
        batch.Add(NFTA_PAYLOAD_DREG, register);
        batch.Add(NFTA_PAYLOAD_BASE, start);
        batch.Add(NFTA_PAYLOAD_OFFSET, offset);
        batch.Add(NFTA_PAYLOAD_LEN, length);
        End(data, expression);
        return this;
    }

    /// <summary>Loads what the kernel knows of the packet.</summary>
    internal FilterRule LoadMeta(int key, int register)
    {
        int data = Begin("meta", out int expression);
        batch.Add(NFTA_META_KEY, key);
        batch.Add(NFTA_META_DREG, register);
        End(data, expression);
        return this;
    }

    /// <summary>Goes on if the packet is a fragment of IPv6 other than the first, which has no ports (RFC 8200 4.5).</summary>
    internal FilterRule IsLaterFragment()
    {
        int data = Begin("exthdr", out int expression);
        batch.Add(NFTA_EXTHDR_DREG, NFT_REG_1);
        batch.Add(NFTA_EXTHDR_TYPE, [IPPROTO_FRAGMENT]);
        batch.Add(NFTA_EXTHDR_OFFSET, FragmentOffset);
        batch.Add(NFTA_EXTHDR_LEN, sizeof(ushort));
        End(data, expression);
        data = Begin("bitwise", out expression);
        batch.Add(NFTA_BITWISE_SREG, NFT_REG_1);
        batch.Add(NFTA_BITWISE_DREG, NFT_REG_1);
        batch.Add(NFTA_BITWISE_LEN, sizeof(ushort));
        batch.AddData(NFTA_BITWISE_MASK, [0xFF, 0xF8]);
        batch.AddData(NFTA_BITWISE_XOR, [0, 0]);
        End(data, expression);
        Compare([0, 0], NFT_CMP_NEQ);
        return this;
    }

    /// <summary>Goes on if what was loaded is in a set.</summary>
    internal FilterRule IsIn(string set, int register = NFT_REG_1) => Look(set, register, 0);

    /// <summary>Goes on if what was loaded is not in a set.</summary>
    internal FilterRule IsNotIn(string set, int register = NFT_REG_1) => Look(set, register, NFT_LOOKUP_F_INV);

    /// <summary>Drops the packet.</summary>
    internal void Drop() => Decide(NF_DROP);

    /// <summary>Lets the packet through, as far as this chain is concerned.</summary>
    internal void Accept() => Decide(NF_ACCEPT);

    private FilterRule Look(string set, int register, int flags)
    {
        int data = Begin("lookup", out int expression);
        batch.Add(NFTA_LOOKUP_SET, set);
        batch.Add(NFTA_LOOKUP_SREG, register);
        batch.Add(NFTA_LOOKUP_FLAGS, flags);
        End(data, expression);
        return this;
    }

    private void Compare(ReadOnlySpan<byte> value, int operation = NFT_CMP_EQ)
    {
        int data = Begin("cmp", out int expression);
        batch.Add(NFTA_CMP_SREG, NFT_REG_1);
        batch.Add(NFTA_CMP_OP, operation);
        batch.AddData(NFTA_CMP_DATA, value);
        End(data, expression);
    }

    private void Decide(int verdict)
    {
        int data = Begin("immediate", out int expression);
        batch.Add(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
        int value = batch.Open(NFTA_IMMEDIATE_DATA);
        int code = batch.Open(NFTA_DATA_VERDICT);
        batch.Add(NFTA_VERDICT_CODE, verdict);
        batch.Close(code);
        batch.Close(value);
        End(data, expression);
    }

    private int Begin(string name, out int expression)
    {
        expression = batch.Open(NFTA_LIST_ELEM);
        batch.Add(NFTA_EXPR_NAME, name);
        return batch.Open(NFTA_EXPR_DATA);
    }

    private void End(int data, int expression)
    {
        batch.Close(data);
        batch.Close(expression);
    }
}
