using CsCheck;

namespace Atlas.Protocols.Tests;

/// <summary>Valid input with one to four bytes replaced, inserted or removed, or one bit changed.</summary>
internal static class Mutations
{
    public static Gen<byte[]> Of(byte[] valid) =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, valid.Length - 1], Gen.OneOf(Gen.Byte, Gen.Byte[0, 4], Gen.Byte[9, 13]))
            .Array[1, 4]
            .Select(changes =>
            {
                List<byte> mutated = [.. valid];
                foreach ((int kind, int position, byte value) in changes)
                {
                    int index = Math.Min(position, mutated.Count - 1);
                    switch (kind)
                    {
                        case 0:
                            mutated[index] = value;
                            break;
                        case 1:
                            mutated.Insert(index, value);
                            break;
                        case 2 when mutated.Count > 1:
                            mutated.RemoveAt(index);
                            break;
                        default:
                            mutated[index] ^= (byte)(1 << (value & 7));
                            break;
                    }
                }

                return mutated.ToArray();
            });
}
