import numpy as np, joblib, pickle, h5py, json, zlib, sys
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rng=np.random.RandomState(0)
X=rng.rand(20,3); y=(X[:,0]>.5).astype(int)
lr=LogisticRegression().fit(X,y)
pipe=make_pipeline(StandardScaler(),lr).fit(X,y)
for c in [('gzip',3),('bz2',3),('lzma',3),('xz',3),('zlib',3)]:
    joblib.dump(lr,'lr-%s.joblib'%c[0],compress=c)
joblib.dump(pipe,'pipe.joblib')
rf=RandomForestClassifier(3,max_depth=3,random_state=0).fit(X,y)
joblib.dump(rf,'rf.joblib')
for p in range(6): pickle.dump(lr,open('lr-p%d.pkl'%p,'wb'),protocol=p)
joblib.dump({'a':np.arange(5.)},'dict.joblib')
joblib.dump({'a':np.array(['x',None],dtype=object),'b':lr},'obj.joblib')
np.save('f.npy',np.arange(6.).reshape(2,3)); np.save('o.npy',np.array([{},1],dtype=object),allow_pickle=True)
np.savez('z.npz',a=np.arange(3))
import xgboost as xgb
d=xgb.DMatrix(X,y,feature_names=['a','b','c']); b=xgb.train({'objective':'binary:logistic','max_depth':2},d,2)
b.save_model('x.json'); b.save_model('x.ubj')
try: b.save_model('x.deprecated')
except Exception as e: print(e)
pickle.dump(b,open('x.pkl','wb'))
clf=xgb.XGBClassifier(n_estimators=2,max_depth=2).fit(X,y); joblib.dump(clf,'xclf.joblib')
# keras-like h5
cfg={"class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"Dense","config":{"units":3}}]}}
for name,kw,lam in [('k-earliest.h5',{},False),('k-latest.h5',{'libver':'latest'},False),('k-lambda.h5',{},True)]:
    with h5py.File(name,'w',**kw) as f:
        c=json.loads(json.dumps(cfg))
        if lam: c["config"]["layers"].append({"class_name":"Lambda","config":{"function":["4wEAAAAA",None,None],"function_type":"lambda"}})
        f.attrs['keras_version']='2.11.0'; f.attrs['backend']='tensorflow'; f.attrs['model_config']=json.dumps(c)
        g=f.create_group('model_weights'); g.attrs['layer_names']=np.array([b'dense'],dtype='S5'); g.attrs['keras_version']='2.11.0'
        g.create_dataset('dense/dense/kernel:0',data=np.ones((3,3),'f4'))
with h5py.File('plain.h5','w') as f: f.create_dataset('x',data=np.arange(5))
with h5py.File('userblock.h5','w',userblock_size=512) as f:
    f.attrs['keras_version']='2.11.0'; f.attrs['model_config']=json.dumps(cfg)
with h5py.File('k-weights.h5','w') as f:
    f.attrs['layer_names']=np.array([b'dense'],dtype='S5'); f.attrs['backend']='tensorflow'; f.attrs['keras_version']='2.11.0'
    f.create_dataset('dense/kernel:0',data=np.ones((3,3),'f4'))
