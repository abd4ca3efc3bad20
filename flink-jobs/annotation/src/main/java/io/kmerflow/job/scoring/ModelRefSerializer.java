package io.kmerflow.job.scoring;

import io.kmerflow.job.model.ModelRef;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Name, version, digest and place, each as modified UTF-8 with its length. */
public final class ModelRefSerializer extends TypeSerializerSingleton<ModelRef> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public ModelRef createInstance() {
        return new ModelRef("", "", "", "");
    }

    @Override
    public ModelRef copy(ModelRef from) {
        return from;
    }

    @Override
    public ModelRef copy(ModelRef from, ModelRef reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(ModelRef model, DataOutputView target) throws IOException {
        target.writeUTF(model.name());
        target.writeUTF(model.version());
        target.writeUTF(model.digest());
        target.writeUTF(model.uri());
    }

    @Override
    public ModelRef deserialize(DataInputView source) throws IOException {
        return new ModelRef(source.readUTF(), source.readUTF(), source.readUTF(), source.readUTF());
    }

    @Override
    public ModelRef deserialize(ModelRef reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<ModelRef> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Written into checkpoints; found by its name there. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ModelRef> {
        public Snapshot() {
            super(ModelRefSerializer::new);
        }
    }
}
