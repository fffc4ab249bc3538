using Atlas.Core.Health;

namespace Atlas.Admin.Orders;

/// <summary>The body of an order, as clients write it.</summary>
internal sealed record OrderBody(AdminState? State, int? Weight, string? Deadline);
