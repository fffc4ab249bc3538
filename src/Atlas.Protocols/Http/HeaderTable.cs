namespace Atlas.Protocols.Http;

/// <summary>
/// The fields of one head or trailer section in the order in which they came. It is reused: the array doubles until the
/// largest section has room and is kept by <see cref="Clear"/>. Who adds fields bounds their number.
/// </summary>
public sealed class HeaderTable
{
    private HeaderField[] _fields;
    private ulong _presentLow;
    private ulong _presentHigh;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Fields to have room for at once, at least 1.</param>
    public HeaderTable(int capacity = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _fields = new HeaderField[capacity];
    }

    /// <summary>The number of fields.</summary>
    public int Count { get; private set; }

    /// <summary>The fields as they came; lent until the next <see cref="TryAdd"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, Count);

    /// <summary>The field at this place; lent until the next <see cref="TryAdd"/> or <see cref="Clear"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="Count"/>.</exception>
    public ref readonly HeaderField this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _fields[index];
        }
    }

    /// <summary>Adds a field at the end.</summary>
    /// <param name="field">The field.</param>
    /// <param name="limit">The most fields that the table may hold.</param>
    /// <returns>False, and nothing is added, if there are <paramref name="limit"/> fields already.</returns>
    public bool TryAdd(in HeaderField field, int limit)
    {
        if (Count >= limit)
        {
            return false;
        }

        Add(field);
        return true;
    }

    /// <summary>Whether a field with this known name is present. O(1).</summary>
    public bool Contains(KnownHeader known) =>
        ((known < (KnownHeader)64 ? _presentLow : _presentHigh) & (1UL << (int)known)) != 0;

    /// <summary>
    /// The index of the first such field at or after <paramref name="start"/>, or -1. O(1) if there is none at all,
    /// otherwise O(n).
    /// </summary>
    /// <param name="known">What to look for; <see cref="KnownHeader.None"/> finds fields that are not known.</param>
    /// <param name="start">Where to begin; past the end finds nothing.</param>
    public int IndexOf(KnownHeader known, int start = 0)
    {
        if (!Contains(known))
        {
            return -1;
        }

        HeaderField[] fields = _fields;
        int count = Count;
        for (int i = start; i < count && (uint)i < (uint)fields.Length; i++)
        {
            if (fields[i].Known == known)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Forgets all fields and keeps the array.</summary>
    public void Clear()
    {
        Count = 0;
        _presentLow = 0;
        _presentHigh = 0;
    }

    /// <summary>Adds a field at the end; the caller has checked its limit.</summary>
    internal void Add(in HeaderField field)
    {
        int count = Count;
        if ((uint)count >= (uint)_fields.Length)
        {
            Array.Resize(ref _fields, _fields.Length * 2);
        }

        _fields[count] = field;
        Count = count + 1;
        MarkPresent(field.Known);
    }

    /// <summary>Adds a flag to a field that is present.</summary>
    internal void Flag(int index, FieldFlags flag) => _fields[index] = _fields[index].With(flag);

    private void MarkPresent(KnownHeader known)
    {
        ulong bit = 1UL << (int)known;
        if (known < (KnownHeader)64)
        {
            _presentLow |= bit;
        }
        else
        {
            _presentHigh |= bit;
        }
    }
}
