using System.Collections;
using System.Runtime.CompilerServices;

namespace Atlas.Core.Configuration;

/// <summary>Makes lists, also for collection expressions.</summary>
public static class ValueList
{
    /// <summary>A list of these elements, copied.</summary>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> elements) => elements.IsEmpty ? ValueList<T>.Empty : new(elements.ToArray());
}

/// <summary>
/// An immutable list that equals another one with equal elements in the same order, so that records which hold lists compare
/// by what they say.
/// </summary>
/// <typeparam name="T">The elements; they should be immutable and compare by value too.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    /// <summary>The list without elements.</summary>
    public static readonly ValueList<T> Empty = new([]);

    private readonly T[] _elements;

    internal ValueList(T[] elements) => _elements = elements;

    /// <inheritdoc/>
    public int Count => _elements.Length;

    /// <inheritdoc/>
    public T this[int index] => _elements[index];

    /// <summary>The elements, without a copy.</summary>
    public ReadOnlySpan<T> AsSpan() => _elements;

    /// <summary>Goes through the elements without allocating.</summary>
    public Enumerator GetEnumerator() => new(_elements);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_elements).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _elements.GetEnumerator();

    /// <summary>Whether the other list has equal elements in the same order. O(n).</summary>
    public bool Equals(ValueList<T>? other) => other is not null && AsSpan().SequenceEqual(other._elements);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <summary>A hash of all elements. O(n).</summary>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var element in _elements)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }

    /// <summary>The elements in brackets, for messages and debuggers.</summary>
    public override string ToString() => $"[{string.Join(", ", _elements)}]";

    /// <summary>Goes through a list; as opposed to a span's enumerator it may live across an <c>await</c>.</summary>
    public struct Enumerator
    {
        private readonly T[] _elements;
        private int _index;

        internal Enumerator(T[] elements)
        {
            _elements = elements;
            _index = -1;
        }

        /// <summary>The element that was gone to.</summary>
        public readonly T Current => _elements[_index];

        /// <summary>Goes to the next element; false at the end.</summary>
        public bool MoveNext() => ++_index < _elements.Length;
    }
}
