namespace Atlas.Core.Balancing;

/// <summary>Turns that are written down, and repeat. O(1).</summary>
/// <param name="turns">The index in the pool that each turn belongs to, at least one.</param>
internal sealed class TableOrder(int[] turns) : TurnOrder
{
    /// <inheritdoc/>
    internal override int At(ulong turn) => turns[turn % (ulong)turns.Length];
}
